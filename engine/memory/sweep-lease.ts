import type { SweepLease, SweepTurn } from '../ports.ts'

export class MemorySweepLease implements SweepLease {
  private turn: SweepTurn | null = null

  async take(turn: SweepTurn): Promise<boolean> {
    if (this.turn && this.turn.until > turn.at && this.turn.owner !== turn.owner) return false
    this.turn = turn
    return true
  }

  async release(owner: string): Promise<void> {
    if (this.turn?.owner === owner) this.turn = null
  }
}
