#include "portable/binary.h"

/* z = x (kind) y on plain int32: sums and products wrap around, division by zero gives 0; then limited by a fused
 * activation (or by the range of int32). */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t kind; /* MOTE_ADD ... */
  int32_t low;
  int32_t high;
} mote_binary_s32_t;

MOTE_KERNEL int32_t mote_binary_s32_kind(int32_t kind, int32_t u, int32_t v) {
  const uint32_t s = (uint32_t)u;
  const uint32_t t = (uint32_t)v;
  switch (kind) {
    case MOTE_ADD:
      return (int32_t)(s + t);
    case MOTE_SUBTRACT:
      return (int32_t)(s - t);
    case MOTE_MULTIPLY:
      return (int32_t)(s * t);
    case MOTE_DIVIDE:
      return v == 0 ? 0 : (v == -1 ? (int32_t)(0u - s) : u / v);
    case MOTE_FLOOR_DIVIDE:
      if (v == 0 || v == -1) {
        return v == 0 ? 0 : (int32_t)(0u - s);
      }
      return u / v - (u % v != 0 && (u < 0) != (v < 0) ? 1 : 0);
    case MOTE_FLOOR_MODULO: {
      const int32_t remainder = v == 0 || v == -1 ? 0 : u % v;
      return remainder != 0 && (v < 0) != (remainder < 0) ? remainder + v : remainder;
    }
    case MOTE_SQUARED_DIFFERENCE:
      return (int32_t)((s - t) * (s - t));
    case MOTE_MINIMUM:
      return u < v ? u : v;
    default:
      return u > v ? u : v;
  }
}

MOTE_KERNEL int32_t mote_binary_s32_element(const mote_binary_s32_t *p, int32_t u, int32_t v) {
  return mote_clamp(mote_binary_s32_kind(p->kind, u, v), p->low, p->high);
}

MOTE_KERNEL void mote_binary_s32(const mote_binary_s32_t *p, const int32_t *x, const int32_t *y, int32_t *z) {
  MOTE_BINARY(int32_t, int32_t, mote_binary_s32_element)
}
