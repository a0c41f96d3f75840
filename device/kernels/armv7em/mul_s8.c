#include "armv7em/dsp.h"

/* Product of two quantized int8 tensors, see mote_mul_s8; the second one may repeat for every pixel (the gate of a
 * squeeze-and-excite block). Saturated to int8, for right shifts of 1 to 22. */
typedef struct {
  int32_t batches;
  int32_t repeats;  /* how often a batch of y is used */
  int32_t count;    /* elements of a batch of y */
  int32_t x_offset; /* minus the zero point */
  int32_t y_offset;
  int32_t multiplier;
  int32_t right;
  int32_t addend;   /* (zero point + 1/2) * 2^right */
} mote_dsp_mul_s8_t;

/* offsets + (int16)byte 0 | (int16)byte 2 << 16, each half apart */
MOTE_KERNEL uint32_t mote_offset_even(uint32_t offsets, uint32_t bytes) {
  uint32_t r;
  __asm__("sxtab16 %0, %1, %2" : "=r"(r) : "r"(offsets), "r"(bytes));
  return r;
}

/* offsets + (int16)byte 1 | (int16)byte 3 << 16, each half apart */
MOTE_KERNEL uint32_t mote_offset_odd(uint32_t offsets, uint32_t bytes) {
  uint32_t r;
  __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(r) : "r"(offsets), "r"(bytes));
  return r;
}

/* Both halves doubled. */
MOTE_KERNEL uint32_t mote_double_halves(uint32_t halves) {
  uint32_t r;
  __asm__("sadd16 %0, %1, %1" : "=r"(r) : "r"(halves));
  return r;
}

/* z[at] = u * v scaled, of halves of words; v is doubled. Adding the sign of the product before the shift sends negative
 * ties away from zero. */
#define MOTE_MUL_S8(halves, u, v, at)                                              \
  __asm__ volatile("smul" halves " %0, %2, %3\n\t"                                 \
                   "add %1, %4, %0, asr #31\n\t"                                   \
                   "smmlar %0, %0, %5, %1\n\t"                                     \
                   "asr %0, %0, %6\n\t"                                            \
                   "ssat %0, #8, %0\n\t"                                           \
                   "strb %0, [%7, #" at "]"                                        \
                   : "=&r"(r), "=&r"(s)                                            \
                   : "r"(u), "r"(v), "r"(addend), "r"(multiplier), "r"(right), "r"(z) \
                   : "memory")

MOTE_SHARED void mote_dsp_mul_s8(const mote_dsp_mul_s8_t *p, const int8_t *x, const int8_t *y, int8_t *z) {
  const uint32_t x_offsets = ((uint32_t)p->x_offset & 0xffffu) * 0x10001u;
  const uint32_t y_offsets = ((uint32_t)p->y_offset & 0xffffu) * 0x10001u;
  const int32_t multiplier = p->multiplier;
  const int32_t right = p->right;
  const int32_t addend = p->addend;
  const int32_t count = p->count;
  int32_t r;
  int32_t s;
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t repeat = 0; repeat < p->repeats; repeat++) {
      const int8_t *const end = x + (count & -4);
      for (; x != end; x += 4) {
        const uint32_t u = mote_load_u32(x);
        const uint32_t v = mote_load_u32(y);
        const uint32_t even = mote_offset_even(x_offsets, u);
        const uint32_t odd = mote_offset_odd(x_offsets, u);
        const uint32_t y_even = mote_double_halves(mote_offset_even(y_offsets, v));
        const uint32_t y_odd = mote_double_halves(mote_offset_odd(y_offsets, v));
        MOTE_MUL_S8("bb", even, y_even, "0");
        MOTE_MUL_S8("bb", odd, y_odd, "1");
        MOTE_MUL_S8("tt", even, y_even, "2");
        MOTE_MUL_S8("tt", odd, y_odd, "3");
        y += 4;
        z += 4;
      }
      for (int32_t left = count & 3; left > 0; left--) {
        const int32_t u = *x++ + p->x_offset;
        const int32_t v = 2 * (*y++ + p->y_offset);
        MOTE_MUL_S8("bb", u, v, "0");
        z++;
      }
      y -= count;
    }
    y += count;
  }
}
