#include "runtime/cbor.h"

#include <stddef.h>

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

mote_error_t mote_scan(mote_scan_t *scan) {
  if (scan->at == scan->end) {
    return MOTE_MALFORMED;
  }
  uint32_t first = *scan->at++;
  uint32_t low = first & 31u;
  bool simple = first >= 0xe0;
  scan->high = 0;
  scan->value = low;
  if (simple ? low < 20 || low == 23 || low == 24 || low > 27 : low == 31) {
    return MOTE_NOT_CANONICAL;
  }
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
  if (simple) {
    return needs_its_size(scan, low - 24) ? MOTE_OK : MOTE_NOT_CANONICAL;
  }
  if (scan->high >> 31 != 0) {
    return MOTE_LIMIT;
  }
  uint32_t least = low == 24 ? 24 : 1u << (4 * size & 31);
  return scan->high == 0 && (size == 8 || scan->value < least) ? MOTE_NOT_CANONICAL : MOTE_OK;
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

const uint8_t *mote_next(const uint8_t *item) {
  for (uint32_t items = 1; items > 0; items--) {
    mote_scan_t scan = head(item);
    uint32_t count = scan.value;
    switch (*item >> 5) {
      case MOTE_CBOR_BYTES:
      case MOTE_CBOR_TEXT:
        scan.at += count;
        break;
      case MOTE_CBOR_MAP:
        items += count;
        /* fall through */
      case MOTE_CBOR_ARRAY:
        items += count;
        break;
      case MOTE_CBOR_TAG:
        items++;
        break;
      default:
        break;
    }
    item = scan.at;
  }
  return item;
}

mote_bytes_t mote_string(const uint8_t *item) {
  mote_scan_t scan = head(item);
  mote_bytes_t bytes = {scan.at, scan.value};
  return bytes;
}

const uint8_t *mote_field(const uint8_t *map, uint8_t key) {
  uint32_t left = mote_number(map);
  for (map = mote_inside(map); left > 0; left--) {
    const uint8_t *value = mote_next(map);
    if (*map == key) {
      return value;
    }
    map = mote_next(value);
  }
  return NULL;
}
