const KIB = 1024
const MIB = 1024 ** 2

export type Photo = {
  key: string
  size: number
  contentType: string
  metadata: Record<string, string>
  tags: Record<string, string>
}

const ALBUMS = [
  '2022/winter',
  '2023/trip to oslo/day 1',
  '2023/trip to oslo/day 2',
  '2024/été à la plage',
  '2024/家族',
  '2025/café & música (50%)',
]
const PER_ALBUM = 45
const CAMERAS = ['x100', 'pixel', 'om-1']

/** A few hundred objects: from nothing to 64 MiB, with keys, types, metadata and tags of every sort. */
export function photos(): Photo[] {
  return [...ALBUMS.flatMap(album), ...raws(), ...videos(), ...oddities()]
}

function album(name: string, nth: number): Photo[] {
  return Array.from({ length: PER_ALBUM }, (_, i) => ({
    key: `${name}/IMG_${String(nth * 1000 + i).padStart(4, '0')}.jpg`,
    size: 1 + ((i * 7919 + nth * 104_729) % (160 * KIB)),
    contentType: 'image/jpeg',
    metadata: { camera: CAMERAS[i % CAMERAS.length]!, album: String(nth) },
    tags: i % 10 === 0 ? { rating: 'best of', year: name.slice(0, 4) } : {},
  }))
}

const raws = (): Photo[] =>
  Array.from({ length: 12 }, (_, i) => ({
    key: `raw/IMG ${i + 1} (copy).dng`,
    size: 512 * KIB * (i + 1),
    contentType: 'image/x-adobe-dng',
    metadata: { camera: 'x100' },
    tags: { kind: 'raw' },
  }))

const videos = (): Photo[] =>
  ['birthday', 'waterfall in slow motion'].map((name) => ({
    key: `videos/${name}.mp4`,
    size: 64 * MIB,
    contentType: 'video/mp4',
    metadata: { codec: 'h264' },
    tags: { kind: 'video' },
  }))

function oddities(): Photo[] {
  const plain = { contentType: 'text/plain; charset=utf-8', metadata: {}, tags: {} }
  return [
    { ...plain, key: 'albums/.keep', size: 0 },
    { ...plain, key: 'empty folder/', size: 0 },
    { ...plain, key: 'notes/to do + done?.txt', size: 1 },
    { ...plain, key: 'notes/#hash & "quotes".txt', size: 300 },
    { ...plain, key: `deep/${'level/'.repeat(40)}leaf.txt`, size: 12 },
    { ...plain, key: `long/${'k'.repeat(900)}`, size: 12 },
    { ...plain, key: 'emoji/🏔️ mountain.txt', size: 12 },
  ]
}
