#include "portable/binary.h"

/* z = x (kind) y on plain int64: sums and products wrap around, division by zero gives 0; then limited by a fused
 * activation (or by the range of int64). */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t kind; /* MOTE_ADD ... */
  int64_t low;
  int64_t high;
} mote_binary_s64_t;

MOTE_KERNEL int64_t mote_binary_s64_kind(int32_t kind, int64_t u, int64_t v) {
  const uint64_t s = (uint64_t)u;
  const uint64_t t = (uint64_t)v;
  switch (kind) {
    case MOTE_ADD:
      return (int64_t)(s + t);
    case MOTE_SUBTRACT:
      return (int64_t)(s - t);
    case MOTE_MULTIPLY:
      return (int64_t)(s * t);
    case MOTE_DIVIDE:
      return v == 0 ? 0 : (v == -1 ? (int64_t)(0u - s) : u / v);
    case MOTE_FLOOR_DIVIDE:
      if (v == 0 || v == -1) {
        return v == 0 ? 0 : (int64_t)(0u - s);
      }
      return u / v - (u % v != 0 && (u < 0) != (v < 0) ? 1 : 0);
    case MOTE_FLOOR_MODULO: {
      const int64_t remainder = v == 0 || v == -1 ? 0 : u % v;
      return remainder != 0 && (v < 0) != (remainder < 0) ? remainder + v : remainder;
    }
    case MOTE_SQUARED_DIFFERENCE:
      return (int64_t)((s - t) * (s - t));
    case MOTE_MINIMUM:
      return u < v ? u : v;
    default:
      return u > v ? u : v;
  }
}

MOTE_KERNEL int64_t mote_binary_s64_element(const mote_binary_s64_t *p, int64_t u, int64_t v) {
  const int64_t value = mote_binary_s64_kind(p->kind, u, v);
  return value < p->low ? p->low : (value > p->high ? p->high : value);
}

MOTE_KERNEL void mote_binary_s64(const mote_binary_s64_t *p, const int64_t *x, const int64_t *y, int64_t *z) {
  MOTE_BINARY(int64_t, int64_t, mote_binary_s64_element)
}
