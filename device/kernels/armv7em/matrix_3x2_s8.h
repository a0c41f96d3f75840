/* Three pixels times all output channels, two channels at a time: the heart of every convolution. */
#ifndef MOTE_ARMV7EM_MATRIX_3X2_S8_H
#define MOTE_ARMV7EM_MATRIX_3X2_S8_H

#include "armv7em/dsp.h"

/* The order of the fields is known to the assembly.
 * columns: for every four depths the widened values 0 and 2 of each pixel, then 1 and 3 of each.
 * y0, y1, y2: outputs of the three pixels, written last to first; a pixel too few repeats the one before. */
typedef struct {
  int8_t *y0;
  int8_t *y1;
  int8_t *y2;
  const uint32_t *columns;
  int32_t rounds; /* ceil(depth / 16) */
  int32_t entry;  /* offset of the first step in the unrolled loop, plus the Thumb bit */
  int32_t zero;   /* output zero point */
  const int8_t *end; /* of the first pixel's outputs */
  int32_t low;    /* clamp */
  int32_t high;
} mote_matrix_3x2_t;

/* Where the loop of four steps is entered so that depth4 steps are executed. */
MOTE_KERNEL void mote_matrix_3x2_depth(mote_matrix_3x2_t *m, int32_t depth4, int32_t step_bytes) {
  m->rounds = (depth4 + 3) >> 2;
  m->entry = ((4 - (depth4 & 3)) & 3) * step_bytes + 1;
}

/* Two channels A and B share each 16-bit half of a weight word: A + 256 * B. The word multiplied as it is
 * sums up both, sxtb16 of it gives A alone, and B is what is left: two products for one unpacking. This is
 * exact while the sum of B stays below 2^23.
 *
 * r0 columns, r1 stream, r2-r4 sums of A, r5-r7 sums of A + 256 * B, r8-r10 values of the three pixels,
 * r11 and r12 weights, lr rounds. 24 products in a step. */
#define MOTE_MATRIX_3X2_STEP_BYTES 68
#define MOTE_MATRIX_3X2_STEP               \
  "ldrd r11, r12, [r1], #8\n\t"            \
  "ldmia.w r0!, {r8, r9, r10}\n\t"         \
  "smlad r5, r8, r11, r5\n\t"              \
  "smlad r6, r9, r11, r6\n\t"              \
  "smlad r7, r10, r11, r7\n\t"             \
  "sxtb16 r11, r11\n\t"                    \
  "smlad r2, r8, r11, r2\n\t"              \
  "smlad r3, r9, r11, r3\n\t"              \
  "smlad r4, r10, r11, r4\n\t"             \
  "ldmia.w r0!, {r8, r9, r10}\n\t"         \
  "smlad r5, r8, r12, r5\n\t"              \
  "smlad r6, r9, r12, r6\n\t"              \
  "smlad r7, r10, r12, r7\n\t"             \
  "sxtb16 r12, r12\n\t"                    \
  "smlad r2, r8, r12, r2\n\t"              \
  "smlad r3, r9, r12, r3\n\t"              \
  "smlad r4, r10, r12, r4\n\t"

/* Any weights and sums: words of four weights of A and of B, unpacked each; lr is needed for that. */
#define MOTE_MATRIX_3X2_WIDE_STEP_BYTES 76
#define MOTE_MATRIX_3X2_WIDE_STEP          \
  "ldrd r11, r12, [r1], #8\n\t"            \
  "ldmia.w r0!, {r8, r9, r10}\n\t"         \
  "sxtb16 lr, r11\n\t"                     \
  "smlad r2, r8, lr, r2\n\t"               \
  "smlad r3, r9, lr, r3\n\t"               \
  "smlad r4, r10, lr, r4\n\t"              \
  "sxtb16 lr, r12\n\t"                     \
  "smlad r5, r8, lr, r5\n\t"               \
  "smlad r6, r9, lr, r6\n\t"               \
  "smlad r7, r10, lr, r7\n\t"              \
  "ldmia.w r0!, {r8, r9, r10}\n\t"         \
  "sxtb16 lr, r11, ror #8\n\t"             \
  "smlad r2, r8, lr, r2\n\t"               \
  "smlad r3, r9, lr, r3\n\t"               \
  "smlad r4, r10, lr, r4\n\t"              \
  "sxtb16 lr, r12, ror #8\n\t"             \
  "smlad r5, r8, lr, r5\n\t"               \
  "smlad r6, r9, lr, r6\n\t"               \
  "smlad r7, r10, lr, r7\n\t"

/* Sum times multiplier, rounded: the multiplier is stored doubled, as a negative number, which adding the
 * sum itself makes good. */
#define MOTE_MATRIX_3X2_MULTIPLY(acc, multiplier) \
  "smmlar " acc ", " acc ", " multiplier ", " acc "\n\t"

/* Sends ties of negative numbers away from zero; for nothing where these are clamped to the zero point. */
#define MOTE_MATRIX_3X2_SIGN(acc) "add " acc ", " acc ", " acc ", asr #31\n\t"

/* A shift takes the lowest byte of its register; the bit that it drops last rounds. */
#define MOTE_MATRIX_3X2_SHIFT(acc, right) \
  "asrs " acc ", " acc ", " right "\n\t"  \
  "adc " acc ", " acc ", r10\n\t"         \
  "ssat " acc ", #8, " acc "\n\t"

#define MOTE_MATRIX_3X2_CLAMP(acc) \
  "cmp " acc ", r8\n\t"            \
  "it lt\n\t"                      \
  "movlt " acc ", r8\n\t"          \
  "cmp " acc ", r9\n\t"            \
  "it gt\n\t"                      \
  "movgt " acc ", r9\n\t"

#define MOTE_MATRIX_3X2_SIGNS                                                              \
  MOTE_MATRIX_3X2_SIGN("r2") MOTE_MATRIX_3X2_SIGN("r3") MOTE_MATRIX_3X2_SIGN("r4")         \
  MOTE_MATRIX_3X2_SIGN("r5") MOTE_MATRIX_3X2_SIGN("r6") MOTE_MATRIX_3X2_SIGN("r7")

#define MOTE_MATRIX_3X2_CLAMPS                                                             \
  "ldrd r8, r9, [sp, #32]\n\t"                                                             \
  MOTE_MATRIX_3X2_CLAMP("r2") MOTE_MATRIX_3X2_CLAMP("r3") MOTE_MATRIX_3X2_CLAMP("r4")      \
  MOTE_MATRIX_3X2_CLAMP("r5") MOTE_MATRIX_3X2_CLAMP("r6") MOTE_MATRIX_3X2_CLAMP("r7")

#define MOTE_MATRIX_3X2_ENTER                                                 \
  "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"                           \
  "ldmia r0, {r2, r3, r4, r5, r6, r7, r8, r9, r10, r11}\n\t"                  \
  "adr r12, 2f\n\t"                                                           \
  "add r7, r7, r12\n\t"                                                       \
  "sub sp, sp, #52\n\t"                                                       \
  "stmia sp, {r2, r3, r4, r5, r6, r7, r8, r9, r10, r11}\n"                    \
  "1:\n\t"

#define MOTE_MATRIX_3X2_LEAVE                                                 \
  "ldr r10, [sp, #24]\n\t"                                                    \
  MOTE_MATRIX_3X2_SHIFT("r2", "r11") MOTE_MATRIX_3X2_SHIFT("r3", "r11")       \
  MOTE_MATRIX_3X2_SHIFT("r4", "r11") MOTE_MATRIX_3X2_SHIFT("r5", "r12")       \
  MOTE_MATRIX_3X2_SHIFT("r6", "r12") MOTE_MATRIX_3X2_SHIFT("r7", "r12")

#define MOTE_MATRIX_3X2_STORE                                                 \
  "ldmia.w sp, {r0, r8, r9}\n\t"                                              \
  "ldr r10, [sp, #28]\n\t"                                                    \
  "strb r4, [r9], #1\n\t"                                                     \
  "strb r3, [r8], #1\n\t"                                                     \
  "strb r2, [r0], #1\n\t"                                                     \
  "cmp r0, r10\n\t"              /* an odd channel ends here */               \
  "beq.n 3f\n\t"                                                              \
  "strb r7, [r9], #1\n\t"                                                     \
  "strb r6, [r8], #1\n\t"                                                     \
  "strb r5, [r0], #1\n\t"                                                     \
  "stmia.w sp, {r0, r8, r9}\n\t"                                              \
  "cmp r0, r10\n\t"                                                           \
  "bne.w 1b\n"                                                                \
  "3:\n\t"                                                                    \
  "add sp, sp, #52\n\t"                                                       \
  "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t"

/* stream: for every two channels two words (bias << 8 | right shift), the weights, two doubled multipliers. */
#define MOTE_MATRIX_3X2_BODY(signs, clamps)                                   \
  MOTE_MATRIX_3X2_ENTER                                                       \
  "ldrd r11, r12, [r1], #8\n\t"                                               \
  "strd r11, r12, [sp, #40]\n\t"                                              \
  "asr r2, r11, #8\n\t"                                                       \
  "add r5, r2, r12\n\t"          /* the shift is lost when B is taken out */  \
  "ldrd r0, lr, [sp, #12]\n\t"                                                \
  "mov r3, r2\n\t"                                                            \
  "mov r4, r2\n\t"                                                            \
  "mov r6, r5\n\t"                                                            \
  "mov r7, r5\n\t"                                                            \
  "ldr pc, [sp, #20]\n\t"                                                     \
  ".balign 4\n"                                                               \
  "2:\n\t" MOTE_MATRIX_3X2_STEP MOTE_MATRIX_3X2_STEP MOTE_MATRIX_3X2_STEP     \
      MOTE_MATRIX_3X2_STEP                                                    \
  "subs lr, lr, #1\n\t"                                                       \
  "bne.w 2b\n\t"                                                              \
  "ldrd r8, r9, [r1], #8\n\t"                                                 \
  "ldrd r11, r12, [sp, #40]\n\t"                                              \
  "sub r5, r5, r2\n\t"                                                        \
  "sub r6, r6, r3\n\t"                                                        \
  "sub r7, r7, r4\n\t"                                                        \
  "asr r5, r5, #8\n\t"                                                        \
  "asr r6, r6, #8\n\t"                                                        \
  "asr r7, r7, #8\n\t"                                                        \
  MOTE_MATRIX_3X2_MULTIPLY("r2", "r8") MOTE_MATRIX_3X2_MULTIPLY("r3", "r8")   \
  MOTE_MATRIX_3X2_MULTIPLY("r4", "r8") MOTE_MATRIX_3X2_MULTIPLY("r5", "r9")   \
  MOTE_MATRIX_3X2_MULTIPLY("r6", "r9") MOTE_MATRIX_3X2_MULTIPLY("r7", "r9")   \
  signs MOTE_MATRIX_3X2_LEAVE clamps MOTE_MATRIX_3X2_STORE

/* stream: for every two channels two biases, the weights, two doubled multipliers, and a word with the two
 * right shifts in its low bytes. */
#define MOTE_MATRIX_3X2_WIDE_BODY(signs, clamps)                              \
  MOTE_MATRIX_3X2_ENTER                                                       \
  "ldrd r2, r5, [r1], #8\n\t"                                                 \
  "ldrd r0, lr, [sp, #12]\n\t"                                                \
  "str lr, [sp, #40]\n\t"                                                     \
  "mov r3, r2\n\t"                                                            \
  "mov r4, r2\n\t"                                                            \
  "mov r6, r5\n\t"                                                            \
  "mov r7, r5\n\t"                                                            \
  "ldr pc, [sp, #20]\n\t"                                                     \
  ".balign 4\n"                                                               \
  "2:\n\t" MOTE_MATRIX_3X2_WIDE_STEP MOTE_MATRIX_3X2_WIDE_STEP                \
      MOTE_MATRIX_3X2_WIDE_STEP MOTE_MATRIX_3X2_WIDE_STEP                     \
  "ldr lr, [sp, #40]\n\t"                                                     \
  "subs lr, lr, #1\n\t"                                                       \
  "str lr, [sp, #40]\n\t"                                                     \
  "bne.w 2b\n\t"                                                              \
  "ldmia r1!, {r8, r9, r11}\n\t"                                              \
  "lsr r12, r11, #8\n\t"                                                      \
  MOTE_MATRIX_3X2_MULTIPLY("r2", "r8") MOTE_MATRIX_3X2_MULTIPLY("r3", "r8")   \
  MOTE_MATRIX_3X2_MULTIPLY("r4", "r8") MOTE_MATRIX_3X2_MULTIPLY("r5", "r9")   \
  MOTE_MATRIX_3X2_MULTIPLY("r6", "r9") MOTE_MATRIX_3X2_MULTIPLY("r7", "r9")   \
  signs MOTE_MATRIX_3X2_LEAVE clamps MOTE_MATRIX_3X2_STORE

#define MOTE_MATRIX_3X2_FUNCTION(name, body)                              \
  static __attribute__((naked, noinline, unused)) void name(              \
      const mote_matrix_3x2_t *m __attribute__((unused)),                 \
      const int32_t *stream __attribute__((unused))) {                    \
    __asm__ volatile(body);                                               \
  }

/* For a zero point of -128, to which everything negative saturates. */
MOTE_MATRIX_3X2_FUNCTION(mote_matrix_3x2_relu, MOTE_MATRIX_3X2_BODY("", ""))
/* Saturates to int8. */
MOTE_MATRIX_3X2_FUNCTION(mote_matrix_3x2, MOTE_MATRIX_3X2_BODY(MOTE_MATRIX_3X2_SIGNS, ""))
/* Clamps to [low, high]. */
MOTE_MATRIX_3X2_FUNCTION(mote_matrix_3x2_clamp,
                         MOTE_MATRIX_3X2_BODY(MOTE_MATRIX_3X2_SIGNS, MOTE_MATRIX_3X2_CLAMPS))
/* Clamps to [low, high]; the stream with a word of weights for each channel. */
MOTE_MATRIX_3X2_FUNCTION(mote_matrix_3x2_wide,
                         MOTE_MATRIX_3X2_WIDE_BODY(MOTE_MATRIX_3X2_SIGNS, MOTE_MATRIX_3X2_CLAMPS))

#endif
