#include "armv81m/mve.h"
#include "portable/reduce.h"

/* Sum or mean of quantized int8 over pixels, see mote_reduce_sum_s8: eight channels at a time. The innermost kept dimension is
 * dense, one dimension is reduced; the shift is -31 to -1. */
typedef struct {
  MOTE_REDUCE_FIELDS;
  int32_t input_offset; /* minus the zero point, times the number of reduced elements */
  int32_t output_offset;
  int32_t output_multiplier;
  int32_t output_shift;
} mote_mve_reduce_sum_s8_t;

/* The order of the fields is known to the assembly. */
typedef struct {
  int32_t count; /* reduced elements, > 0 */
  int32_t step;  /* from one to the next */
  int32_t input_offset;
  int32_t multiplier;
  int32_t shift;
  int32_t zero;
} mote_mve_sums_t;

#define MOTE_MVE_SUMS_SCALE(q)             \
  "vadd.i32 " q ", " q ", r6\n\t"         \
  "vqrdmulh.s32 " q ", " q ", r7\n\t"     \
  "vshr.s32 q0, " q ", #31\n\t"           \
  "vadd.i32 " q ", " q ", q0\n\t"         \
  "vrshl.s32 " q ", r8\n\t"               \
  "vadd.i32 " q ", " q ", r9\n\t"

/* Eight channels, of which `channels` > 0 are left. Registers: r4 elements left, r10 those in a piece whose sums have 16 bits.
 * Vectors: q0 these sums, q2 and q3 sums of even and odd channels. */
static __attribute__((naked, noinline, unused)) void mote_mve_sums(const mote_mve_sums_t *m __attribute__((unused)),
                                                                   const int8_t *x __attribute__((unused)),
                                                                   int32_t channels __attribute__((unused)),
                                                                   int8_t *y __attribute__((unused))) {
  __asm__ volatile(
      "push {r4, r5, r6, r7, r8, r9, r10, lr}\n\t"
      "ldmia r0, {r4, r5, r6, r7, r8, r9}\n\t"
      "vmov.i32 q2, #0\n\t"
      "vmov.i32 q3, #0\n\t"
      "vctp.16 r2\n"
      "1:\n\t"
      "mov r10, r4\n\t"
      "cmp r10, #255\n\t"
      "it hi\n\t"
      "movhi r10, #255\n\t"
      "vmov.i32 q0, #0\n\t"
      "dls lr, r10\n"
      "2:\n\t"
      "vpst\n\t"
      "vldrbt.s16 q1, [r1]\n\t"
      "add r1, r1, r5\n\t"
      "vadd.i16 q0, q0, q1\n\t"
      "le lr, 2b\n\t"
      "vmovlb.s16 q1, q0\n\t"
      "vmovlt.s16 q0, q0\n\t"
      "vadd.i32 q2, q2, q1\n\t"
      "vadd.i32 q3, q3, q0\n\t"
      "subs r4, r4, r10\n\t"
      "bne.n 1b\n\t" MOTE_MVE_SUMS_SCALE("q2") MOTE_MVE_SUMS_SCALE("q3")
      "vqmovnb.s32 q2, q2\n\t"
      "vqmovnt.s32 q2, q3\n\t"
      "vqmovnb.s16 q2, q2\n\t"
      "vpst\n\t"
      "vstrbt.16 q2, [r3]\n\t"
      "pop {r4, r5, r6, r7, r8, r9, r10, pc}\n\t");
}

MOTE_SHARED void mote_mve_reduce_sum_s8(const mote_mve_reduce_sum_s8_t *p, const int8_t *x, int8_t *y) {
  const int32_t channels = p->kept[2];
  const mote_mve_sums_t m = {p->reduced[2],         p->reduced_strides[2], p->input_offset,
                             p->output_multiplier, p->output_shift,        p->output_offset};
  for (int32_t i = 0; i < p->kept[0]; ++i) {
    for (int32_t j = 0; j < p->kept[1]; ++j) {
      const int8_t *const from = x + i * p->kept_strides[0] + j * p->kept_strides[1];
      for (int32_t c = 0; c < channels; c += 8) {
        mote_mve_sums(&m, from + c, channels - c, y + c);
      }
      y += channels;
    }
  }
}
