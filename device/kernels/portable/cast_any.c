#include "portable/common.h"

/* Converts numbers between element types as C does: integers keep their low bits, floats lose their fraction. Where C
 * leaves the result open, floats saturate and NaN becomes 0. Only 0 is false. */
enum {
  MOTE_CAST_S8,
  MOTE_CAST_U8,
  MOTE_CAST_B,
  MOTE_CAST_S16,
  MOTE_CAST_S32,
  MOTE_CAST_S64,
  MOTE_CAST_F32
};

typedef struct {
  int32_t count; /* elements */
  int32_t from;  /* MOTE_CAST_... */
  int32_t to;
} mote_cast_any_t;

MOTE_KERNEL int64_t mote_cast_load(const void *x, int32_t i, int32_t type) {
  switch (type) {
    case MOTE_CAST_S8:
      return ((const int8_t *)x)[i];
    case MOTE_CAST_S16:
      return ((const int16_t *)x)[i];
    case MOTE_CAST_S32:
      return ((const int32_t *)x)[i];
    case MOTE_CAST_S64:
      return ((const int64_t *)x)[i];
    default:
      return ((const uint8_t *)x)[i];
  }
}

MOTE_KERNEL void mote_cast_store(void *y, int32_t i, int32_t type, int64_t value) {
  switch (type) {
    case MOTE_CAST_S16:
      ((int16_t *)y)[i] = (int16_t)value;
      break;
    case MOTE_CAST_S32:
      ((int32_t *)y)[i] = (int32_t)value;
      break;
    case MOTE_CAST_S64:
      ((int64_t *)y)[i] = value;
      break;
    case MOTE_CAST_B:
      ((uint8_t *)y)[i] = value != 0 ? 1 : 0;
      break;
    default:
      ((uint8_t *)y)[i] = (uint8_t)value;
      break;
  }
}

MOTE_KERNEL int64_t mote_cast_saturate(float value, int64_t low, int64_t high) {
  if (value <= (float)low) {
    return low;
  }
  if (value >= (float)high) {
    return high;
  }
  return value == value ? (high <= INT32_MAX ? (int32_t)value : (int64_t)value) : 0;
}

MOTE_KERNEL int64_t mote_cast_from_float(float value, int32_t to) {
  switch (to) {
    case MOTE_CAST_S8:
      return mote_cast_saturate(value, INT8_MIN, INT8_MAX);
    case MOTE_CAST_U8:
      return mote_cast_saturate(value, 0, UINT8_MAX);
    case MOTE_CAST_B:
      return value != 0.0f ? 1 : 0;
    case MOTE_CAST_S16:
      return mote_cast_saturate(value, INT16_MIN, INT16_MAX);
    case MOTE_CAST_S32:
      return mote_cast_saturate(value, INT32_MIN, INT32_MAX);
    default:
      return mote_cast_saturate(value, INT64_MIN, INT64_MAX);
  }
}

MOTE_KERNEL void mote_cast_any(const mote_cast_any_t *p, const void *x, void *y) {
  for (int32_t i = 0; i < p->count; i++) {
    if (p->from == MOTE_CAST_F32 && p->to == MOTE_CAST_F32) {
      ((float *)y)[i] = ((const float *)x)[i];
    } else if (p->from == MOTE_CAST_F32) {
      mote_cast_store(y, i, p->to, mote_cast_from_float(((const float *)x)[i], p->to));
    } else if (p->to == MOTE_CAST_F32) {
      ((float *)y)[i] = (float)mote_cast_load(x, i, p->from);
    } else {
      mote_cast_store(y, i, p->to, mote_cast_load(x, i, p->from));
    }
  }
}
