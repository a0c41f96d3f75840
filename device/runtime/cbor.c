#include "runtime/cbor.h"

#include <stddef.h>

/* Of all that is read as CBOR. */
#define MOST_BYTES 65536u

#if MOTE_STRICT

/* Whether a float of 16, 32 or 64 bits, by size 1 to 3, is finite and needs all of them. Shifts only: a device may have no
 * floating point. */
static bool needs_its_size(const mote_scan_t *scan, uint32_t size) {
  int32_t all = 31;
  int32_t exponent = (int32_t)(scan->value >> 10);
  uint32_t fraction = 1; /* the highest bits of it */
  uint32_t rest = 0;
  if (size == 2) {
    all = 255;
    exponent = (int32_t)(scan->value >> 23);
    fraction = scan->value << 9;
  } else if (size == 3) {
    all = 2047;
    exponent = (int32_t)(scan->high >> 20);
    fraction = scan->high << 12 | scan->value >> 20;
    rest = scan->value << 12;
  }
  exponent &= all;
  if (exponent == all) {
    return false;
  }
  if (exponent == 0) {
    return (fraction | rest) != 0;
  }
  if (size > 1) {
    exponent -= all / 2;
    int32_t most = all >> 4;
    int32_t kept = size == 2 ? 10 : 23;
    if (exponent < 1 - most) {
      kept += exponent - (1 - most); /* it would be subnormal */
    }
    return exponent > most || kept < 0 || (fraction << kept | rest) != 0;
  }
  return true;
}

/* Whether what was read is in the deterministic encoding, and within the limits. */
static mote_error_t check_head(const mote_scan_t *scan, uint32_t first, uint32_t low, uint32_t size) {
  if (first >= 0xe0) {
    return needs_its_size(scan, low - 24) ? MOTE_OK : MOTE_NOT_CANONICAL;
  }
  if (scan->high >> 31 != 0) {
    return MOTE_LIMIT;
  }
  uint32_t least = low == 24 ? 24 : 1u << (4 * size & 31);
  return scan->high == 0 && (size == 8 || scan->value < least) ? MOTE_NOT_CANONICAL : MOTE_OK;
}

#endif

mote_error_t mote_scan(mote_scan_t *scan) {
  if (scan->at == scan->end) {
    return MOTE_MALFORMED;
  }
  uint32_t first = *scan->at++;
  uint32_t low = first & 31u;
  scan->high = 0;
  scan->value = low;
#if MOTE_STRICT
  if (first >= 0xe0 ? low < 20 || low == 23 || low == 24 || low > 27 : low == 31) {
    return MOTE_NOT_CANONICAL;
  }
#endif
  if (low < 24) {
    return MOTE_OK;
  }
  uint32_t size = 1u << (low & 7);
  if (low > 27 || (uint32_t)(scan->end - scan->at) < size) {
    return MOTE_MALFORMED;
  }
  scan->value = 0;
  for (uint32_t i = 0; i < size; i++) {
    scan->high = scan->high << 8 | scan->value >> 24;
    scan->value = scan->value << 8 | *scan->at++;
  }
#if MOTE_STRICT
  return check_head(scan, first, low, size);
#else
  return MOTE_OK;
#endif
}

static mote_scan_t head(const uint8_t *item) {
  mote_scan_t scan = {item, item, 0, 0};
  if (item != NULL) {
    scan.end += 9;
    (void)mote_scan(&scan);
  }
  return scan;
}

uint32_t mote_number(const uint8_t *item) { return head(item).value; }

uint64_t mote_long_number(const uint8_t *item) {
  mote_scan_t scan = head(item);
  return (uint64_t)scan.high << 32 | scan.value;
}

const uint8_t *mote_inside(const uint8_t *item) { return head(item).at; }

/* Passes over an item and all that is in it; false when it does not end in time. */
static bool pass(mote_scan_t *scan) {
  for (uint32_t items = 1; items > 0; items--) {
    uint32_t major = scan->at < scan->end ? *scan->at >> 5 : 0;
    if (mote_scan(scan) != MOTE_OK) {
      return false;
    }
    uint32_t count = major == MOTE_CBOR_TAG ? 1 : scan->value;
    if (major < MOTE_CBOR_BYTES || major == MOTE_CBOR_SIMPLE) {
      continue;
    }
    if ((scan->high > 0 && major != MOTE_CBOR_TAG) || count > (uint32_t)(scan->end - scan->at)) {
      return false;
    }
    if (major < MOTE_CBOR_ARRAY) {
      scan->at += count;
    } else {
      items += major == MOTE_CBOR_MAP ? 2 * count : count;
    }
    if (items > 2 * MOST_BYTES) {
      return false;
    }
  }
  return true;
}

bool mote_well_formed(mote_bytes_t bytes) {
  mote_scan_t scan = {bytes.at, bytes.at + bytes.size, 0, 0};
  return bytes.size <= MOST_BYTES && pass(&scan) && scan.at == scan.end;
}

const uint8_t *mote_next(const uint8_t *item) {
  mote_scan_t scan = {item, item + MOST_BYTES, 0, 0};
  (void)pass(&scan);
  return scan.at;
}

mote_bytes_t mote_string(const uint8_t *item) {
  mote_bytes_t bytes = {NULL, 0};
  if (item != NULL && (*item >> 5 | 1) == MOTE_CBOR_TEXT) {
    mote_scan_t scan = head(item);
    bytes.at = scan.at;
    bytes.size = scan.value;
  }
  return bytes;
}

uint32_t mote_count(const uint8_t *array) {
  return array != NULL && *array >> 5 == MOTE_CBOR_ARRAY ? mote_number(array) : 0;
}

const uint8_t *mote_field(const uint8_t *map, uint8_t key) {
  uint32_t left = map != NULL && *map >> 5 == MOTE_CBOR_MAP ? mote_number(map) : 0;
  for (map = mote_inside(map); left > 0; left--) {
    const uint8_t *value = mote_next(map);
    if (*map == key) {
      return value;
    }
    map = mote_next(value);
  }
  return NULL;
}
