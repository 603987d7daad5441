// SPDX-License-Identifier: Apache-2.0
// How is a position said under the pointer? As the node says it: decimal, degrees minutes seconds, MGRS, UTM.
//
// A twin of formats/coordinates.py for what the pointer passes over sixty times a second; what anybody files is
// said by the node itself. tests/console holds the two against each other.

export interface Spelled {
  decimal: string;
  dms: string;
  /** Beyond 84° N and 80° S there is no UTM, and the console says none. */
  mgrs: string | null;
  utm: string | null;
}

const E7 = 10_000_000;

export function spell(lon: number, lat: number): Spelled {
  const latE7 = Math.round(lat * E7);
  const lonE7 = Math.round(wrapped(lon) * E7);
  const north = latE7 < 0 ? "S" : "N";
  const east = lonE7 < 0 ? "W" : "E";
  const grid = utmOf(lonE7 / E7, latE7 / E7);
  return {
    decimal: `${decimal(latE7)}${north} ${decimal(lonE7)}${east}`,
    dms: `${dms(latE7, 2)}${north} ${dms(lonE7, 3)}${east}`,
    mgrs: grid === null ? null : mgrsOf(grid),
    utm: grid === null ? null : `${String(grid.zone).padStart(2, "0")}${grid.band} ${Math.floor(grid.easting)} ${Math.floor(grid.northing)}`,
  };
}

export function wrapped(lon: number): number {
  return ((((lon + 180) % 360) + 360) % 360) - 180;
}

/** At least five decimals (1 m), more only where they are not zero. */
function decimal(sizeE7: number): string {
  const size = Math.abs(sizeE7);
  const decimals = String(size % E7).padStart(7, "0");
  return `${Math.floor(size / E7)}.${decimals.slice(0, 5)}${decimals.slice(5).replace(/0+$/, "")}`;
}

/** Rounded once, as a count of hundredths of a second, half to even, so that nothing ever shows 60. */
function dms(sizeE7: number, width: number): string {
  const scaled = Math.abs(sizeE7) * 360_000;
  const whole = Math.floor(scaled / E7);
  const rest = scaled - whole * E7;
  const up = rest * 2 > E7 || (rest * 2 === E7 && whole % 2 === 1);
  const hundredths = up ? whole + 1 : whole;
  const minutes = Math.floor(hundredths / 6_000);
  const left = hundredths % 6_000;
  const two = (size: number): string => String(size).padStart(2, "0");
  return `${String(Math.floor(minutes / 60)).padStart(width, "0")}°${two(minutes % 60)}'${two(Math.floor(left / 100))}.${two(left % 100)}"`;
}

// ---- UTM (Krüger's series; Karney 2011, eqs. 7 to 17, to the fourth order: below 1 mm within a zone) -----------

interface Grid {
  zone: number;
  band: string;
  easting: number;
  northing: number;
}

const BANDS = "CDEFGHJKLMNPQRSTUVWX";
const SEMI_MAJOR_M = 6_378_137;
const FLATTENING = 1 / 298.257223563;
const N = FLATTENING / (2 - FLATTENING);
const RECTIFYING_M = (SEMI_MAJOR_M / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const ALPHA = [
  N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3 + (41 / 180) * N ** 4,
  (13 / 48) * N ** 2 - (3 / 5) * N ** 3 + (557 / 1440) * N ** 4,
  (61 / 240) * N ** 3 - (103 / 140) * N ** 4,
  (49_561 / 161_280) * N ** 4,
];
const SCALE = 0.9996;

function utmOf(lon: number, lat: number): Grid | null {
  if (lat >= 84 || lat < -80) return null;
  const band = BANDS[Math.min(Math.floor((lat + 80) / 8), 19)] ?? "X";
  const zone = zoneOf(lon, lat, band);
  const east = radians(lon - (zone * 6 - 183));
  const e = Math.sqrt(FLATTENING * (2 - FLATTENING));
  const sine = Math.sin(radians(lat));
  const tau = Math.sinh(Math.atanh(sine) - e * Math.atanh(e * sine));
  const xi = Math.atan2(tau, Math.cos(east));
  const eta = Math.asinh(Math.sin(east) / Math.hypot(tau, Math.cos(east)));
  let x = eta;
  let y = xi;
  ALPHA.forEach((alpha, place) => {
    const twice = 2 * (place + 1);
    y += alpha * Math.sin(twice * xi) * Math.cosh(twice * eta);
    x += alpha * Math.cos(twice * xi) * Math.sinh(twice * eta);
  });
  const northing = SCALE * RECTIFYING_M * y;
  return { zone, band, easting: SCALE * RECTIFYING_M * x + 500_000, northing: lat < 0 ? northing + 10_000_000 : northing };
}

/** Norway and Svalbard have zones of their own width. */
function zoneOf(lon: number, lat: number, band: string): number {
  const zone = Math.min(Math.floor((lon + 180) / 6), 59) + 1;
  if (band === "V" && zone === 31 && lon >= 3) return 32;
  if (band !== "X" || lat < 72 || lon < 0 || lon >= 42) return zone;
  return lon < 9 ? 31 : lon < 21 ? 33 : lon < 33 ? 35 : 37;
}

const COLUMNS = ["ABCDEFGH", "JKLMNPQR", "STUVWXYZ"];
const ROWS = "ABCDEFGHJKLMNPQRSTUV";

function mgrsOf(grid: Grid): string {
  const column = COLUMNS[(grid.zone - 1) % 3]?.[Math.floor(grid.easting / 100_000) - 1] ?? "?";
  const shift = grid.zone % 2 === 0 ? 5 : 0;
  const row = ROWS[(Math.floor(grid.northing / 100_000) + shift) % 20] ?? "?";
  const five = (size: number): string => String(Math.floor(size) % 100_000).padStart(5, "0");
  return `${String(grid.zone).padStart(2, "0")}${grid.band} ${column}${row} ${five(grid.easting)} ${five(grid.northing)}`;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
