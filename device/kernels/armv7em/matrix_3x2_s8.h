/* Three pixels times all output channels, two channels at a time: the heart of every convolution. */
#ifndef MOTE_ARMV7EM_MATRIX_3X2_S8_H
#define MOTE_ARMV7EM_MATRIX_3X2_S8_H

#include "armv7em/dsp.h"

/* The order of the fields is known to the assembly.
 * columns: for every four depths the widened values 0 and 2 of each pixel, then 1 and 3 of each. */
typedef struct {
  int8_t *y;         /* outputs of the first pixel */
  int32_t second;    /* bytes from there to those of the second */
  int32_t third;
  const int8_t *end; /* of the first pixel's outputs */
  const uint32_t *columns;
  int32_t rounds;    /* passes of the unrolled loop */
  int32_t entry;     /* offset of the first step from the loops, plus the Thumb bit */
  int32_t zero;      /* output zero point */
  int32_t low;       /* clamp */
  int32_t high;
} mote_matrix_3x2_t;

/* Two channels A and B share each 16-bit half of a weight word: A + 256 * B. The word multiplied as it is
 * sums up both, sxtb16 of it gives A alone, and B is what is left: two products for one unpacking. This is
 * exact while the sum of B stays below 2^23.
 *
 * r0 columns, r1 stream, r2-r4 sums of A, r5-r7 sums of A + 256 * B, r8-r10 values of the three pixels,
 * r11 and r12 weights, lr rounds. */
#define MOTE_MATRIX_3X2_PIXELS_1(weights)  \
  "smlad r5, r8, " weights ", r5\n\t"      \
  "sxtb16 " weights ", " weights "\n\t"    \
  "smlad r2, r8, " weights ", r2\n\t"

#define MOTE_MATRIX_3X2_PIXELS_2(weights)  \
  "smlad r5, r8, " weights ", r5\n\t"      \
  "smlad r6, r9, " weights ", r6\n\t"      \
  "sxtb16 " weights ", " weights "\n\t"    \
  "smlad r2, r8, " weights ", r2\n\t"      \
  "smlad r3, r9, " weights ", r3\n\t"

#define MOTE_MATRIX_3X2_PIXELS_3(weights)  \
  "smlad r5, r8, " weights ", r5\n\t"      \
  "smlad r6, r9, " weights ", r6\n\t"      \
  "smlad r7, r10, " weights ", r7\n\t"     \
  "sxtb16 " weights ", " weights "\n\t"    \
  "smlad r2, r8, " weights ", r2\n\t"      \
  "smlad r3, r9, " weights ", r3\n\t"      \
  "smlad r4, r10, " weights ", r4\n\t"

/* The first products: every pixel starts from the biases in r2 and r5. */
#define MOTE_MATRIX_3X2_FIRST(weights)     \
  "smlad r6, r9, " weights ", r5\n\t"      \
  "smlad r7, r10, " weights ", r5\n\t"     \
  "smlad r5, r8, " weights ", r5\n\t"      \
  "sxtb16 " weights ", " weights "\n\t"    \
  "smlad r3, r9, " weights ", r2\n\t"      \
  "smlad r4, r10, " weights ", r2\n\t"     \
  "smlad r2, r8, " weights ", r2\n\t"

/* Four depths: 20 bytes and 16 for each pixel. */
#define MOTE_MATRIX_3X2_STEP(first, pixels) \
  "ldrd r11, r12, [r1], #8\n\t"             \
  "ldmia.w r0!, {r8, r9, r10}\n\t"          \
  first("r11")                              \
  "ldmia.w r0!, {r8, r9, r10}\n\t"          \
  pixels("r12")

#define MOTE_MATRIX_3X2_4_STEPS(pixels)                                                   \
  MOTE_MATRIX_3X2_STEP(pixels, pixels) MOTE_MATRIX_3X2_STEP(pixels, pixels)               \
  MOTE_MATRIX_3X2_STEP(pixels, pixels) MOTE_MATRIX_3X2_STEP(pixels, pixels)

#define MOTE_MATRIX_3X2_LOOP(label, steps) \
  label ":\n\t" steps                      \
  "subs.w lr, lr, #1\n\t"                  \
  "bne.w " label "b\n\t"

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

/* Weights of four bits: a word holds four of A in the upper halves of its bytes and four of B in the lower ones, which come
 * out as 16 times their values, and so do biases and sums. */
#define MOTE_MATRIX_3X2_S4_STEP_BYTES 88
#define MOTE_MATRIX_3X2_S4_STEP            \
  "ldr.w r11, [r1], #4\n\t"                \
  "ldmia.w r0!, {r8, r9, r10}\n\t"         \
  "and r12, r11, #0xf0f0f0f0\n\t"          \
  "lsl.w r11, r11, #4\n\t"                 \
  "and r11, r11, #0xf0f0f0f0\n\t"          \
  "sxtb16 lr, r12\n\t"                     \
  "smlad r2, r8, lr, r2\n\t"               \
  "smlad r3, r9, lr, r3\n\t"               \
  "smlad r4, r10, lr, r4\n\t"              \
  "sxtb16 lr, r11\n\t"                     \
  "smlad r5, r8, lr, r5\n\t"               \
  "smlad r6, r9, lr, r6\n\t"               \
  "smlad r7, r10, lr, r7\n\t"              \
  "ldmia.w r0!, {r8, r9, r10}\n\t"         \
  "sxtb16 lr, r12, ror #8\n\t"             \
  "smlad r2, r8, lr, r2\n\t"               \
  "smlad r3, r9, lr, r3\n\t"               \
  "smlad r4, r10, lr, r4\n\t"              \
  "sxtb16 lr, r11, ror #8\n\t"             \
  "smlad r5, r8, lr, r5\n\t"               \
  "smlad r6, r9, lr, r6\n\t"               \
  "smlad r7, r10, lr, r7\n\t"

#define MOTE_MATRIX_3X2_S4_SUMS                                                            \
  "asr r2, r2, #4\n\t"                                                                     \
  "asr r3, r3, #4\n\t"                                                                     \
  "asr r4, r4, #4\n\t"                                                                     \
  "asr r5, r5, #4\n\t"                                                                     \
  "asr r6, r6, #4\n\t"                                                                     \
  "asr r7, r7, #4\n\t"

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

#define MOTE_MATRIX_3X2_PRODUCTS                                                           \
  MOTE_MATRIX_3X2_MULTIPLY("r2", "r8") MOTE_MATRIX_3X2_MULTIPLY("r3", "r8")                \
  MOTE_MATRIX_3X2_MULTIPLY("r4", "r8") MOTE_MATRIX_3X2_MULTIPLY("r5", "r9")                \
  MOTE_MATRIX_3X2_MULTIPLY("r6", "r9") MOTE_MATRIX_3X2_MULTIPLY("r7", "r9")

#define MOTE_MATRIX_3X2_CLAMPS                                                             \
  "ldrd r8, r9, [sp, #32]\n\t"                                                             \
  MOTE_MATRIX_3X2_CLAMP("r2") MOTE_MATRIX_3X2_CLAMP("r3") MOTE_MATRIX_3X2_CLAMP("r4")      \
  MOTE_MATRIX_3X2_CLAMP("r5") MOTE_MATRIX_3X2_CLAMP("r6") MOTE_MATRIX_3X2_CLAMP("r7")

#define MOTE_MATRIX_3X2_ENTER                                                 \
  "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"                           \
  "ldmia r0, {r2, r3, r4, r5, r6, r7, r8, r9, r10, r11}\n\t"                  \
  "adr r12, 2f\n\t"                                                           \
  "add r8, r8, r12\n\t"                                                       \
  "sub sp, sp, #52\n\t"                                                       \
  "stmia sp, {r2, r3, r4, r5, r6, r7, r8, r9, r10, r11}\n"                    \
  "1:\n\t"

#define MOTE_MATRIX_3X2_SHIFTS                                                \
  "ldr r10, [sp, #28]\n\t"                                                    \
  MOTE_MATRIX_3X2_SHIFT("r2", "r11") MOTE_MATRIX_3X2_SHIFT("r3", "r11")       \
  MOTE_MATRIX_3X2_SHIFT("r4", "r11") MOTE_MATRIX_3X2_SHIFT("r5", "r12")       \
  MOTE_MATRIX_3X2_SHIFT("r6", "r12") MOTE_MATRIX_3X2_SHIFT("r7", "r12")

/* From the last pixel to the first, for one that is not there has the place of the one before. */
#define MOTE_MATRIX_3X2_LEAVE                                                 \
  "ldmia.w sp, {r0, r8, r9, r10}\n\t"                                         \
  "strb r4, [r0, r9]\n\t"                                                     \
  "strb r3, [r0, r8]\n\t"                                                     \
  "strb r2, [r0], #1\n\t"                                                     \
  "cmp r0, r10\n\t"              /* an odd channel ends here */               \
  "beq.n 9f\n\t"                                                              \
  "strb r7, [r0, r9]\n\t"                                                     \
  "strb r6, [r0, r8]\n\t"                                                     \
  "strb r5, [r0], #1\n\t"                                                     \
  "str r0, [sp]\n\t"                                                          \
  "cmp r0, r10\n\t"                                                           \
  "bne.w 1b\n"                                                                \
  "9:\n\t"                                                                    \
  "add sp, sp, #52\n\t"                                                       \
  "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t"

/* stream: for every two channels two words (bias << 8 | right shift), the weights, two doubled multipliers.
 * The loops for one, two and three pixels begin 0, 156 and 376 bytes behind label 2 and have 4, 4 and 8 steps. */
#define MOTE_MATRIX_3X2_BODY(signs, clamps)                                   \
  MOTE_MATRIX_3X2_ENTER                                                       \
  "ldrd r11, r12, [r1], #8\n\t"                                               \
  "ldrd r0, lr, [sp, #16]\n\t"                                                \
  "strd r11, r12, [sp, #40]\n\t"                                              \
  "asr r2, r11, #8\n\t"                                                       \
  "add r5, r2, r12\n\t"          /* the shift is lost when B is taken out */  \
  MOTE_MATRIX_3X2_STEP(MOTE_MATRIX_3X2_FIRST, MOTE_MATRIX_3X2_PIXELS_3)       \
  "ldr pc, [sp, #24]\n\t"                                                     \
  ".balign 4\n"                                                               \
  MOTE_MATRIX_3X2_LOOP("2", MOTE_MATRIX_3X2_4_STEPS(MOTE_MATRIX_3X2_PIXELS_1)) \
  "b.w 8f\n\t"                                                                \
  MOTE_MATRIX_3X2_LOOP("3", MOTE_MATRIX_3X2_4_STEPS(MOTE_MATRIX_3X2_PIXELS_2)) \
  "b.w 8f\n\t"                                                                \
  MOTE_MATRIX_3X2_LOOP("4", MOTE_MATRIX_3X2_4_STEPS(MOTE_MATRIX_3X2_PIXELS_3) \
                                MOTE_MATRIX_3X2_4_STEPS(MOTE_MATRIX_3X2_PIXELS_3)) \
  "8:\n\t"                                                                    \
  "ldrd r8, r9, [r1], #8\n\t"                                                 \
  "ldrd r11, r12, [sp, #40]\n\t"                                              \
  "sub r5, r5, r2\n\t"                                                        \
  "sub r6, r6, r3\n\t"                                                        \
  "sub r7, r7, r4\n\t"                                                        \
  "asr r5, r5, #8\n\t"                                                        \
  "asr r6, r6, #8\n\t"                                                        \
  "asr r7, r7, #8\n\t"                                                        \
  MOTE_MATRIX_3X2_PRODUCTS signs MOTE_MATRIX_3X2_SHIFTS clamps MOTE_MATRIX_3X2_LEAVE

/* stream: for every two channels two biases, the weights, two doubled multipliers, and a word with the two
 * right shifts in its low bytes. */
#define MOTE_MATRIX_3X2_WIDE_BODY(step, sums)                                 \
  MOTE_MATRIX_3X2_ENTER                                                       \
  "ldrd r2, r5, [r1], #8\n\t"                                                 \
  "ldrd r0, lr, [sp, #16]\n\t"                                                \
  "str lr, [sp, #40]\n\t"                                                     \
  "mov r3, r2\n\t"                                                            \
  "mov r4, r2\n\t"                                                            \
  "mov r6, r5\n\t"                                                            \
  "mov r7, r5\n\t"                                                            \
  "ldr pc, [sp, #24]\n\t"                                                     \
  ".balign 4\n"                                                               \
  "2:\n\t" step step step step                                                \
  "ldr lr, [sp, #40]\n\t"                                                     \
  "subs lr, lr, #1\n\t"                                                       \
  "str lr, [sp, #40]\n\t"                                                     \
  "bne.w 2b\n\t"                                                              \
  "ldmia r1!, {r8, r9, r11}\n\t"                                              \
  "lsr r12, r11, #8\n\t" sums                                                 \
  MOTE_MATRIX_3X2_PRODUCTS MOTE_MATRIX_3X2_SIGNS MOTE_MATRIX_3X2_SHIFTS       \
  MOTE_MATRIX_3X2_CLAMPS MOTE_MATRIX_3X2_LEAVE

#define MOTE_MATRIX_3X2_FUNCTION(name, body)                              \
  static __attribute__((naked, noinline, unused)) void name(              \
      const mote_matrix_3x2_t *m __attribute__((unused)),                 \
      const int32_t *stream __attribute__((unused))) {                    \
    __asm__ volatile(body);                                               \
  }

/* The functions are longer than the string literals that C99 promises; compilers that have assembly take them. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
/* For a zero point of -128, to which everything negative saturates. */
MOTE_MATRIX_3X2_FUNCTION(mote_matrix_3x2_relu, MOTE_MATRIX_3X2_BODY("", ""))
/* Saturates to int8. */
MOTE_MATRIX_3X2_FUNCTION(mote_matrix_3x2, MOTE_MATRIX_3X2_BODY(MOTE_MATRIX_3X2_SIGNS, ""))
/* Clamps to [low, high]. */
MOTE_MATRIX_3X2_FUNCTION(mote_matrix_3x2_clamp,
                         MOTE_MATRIX_3X2_BODY(MOTE_MATRIX_3X2_SIGNS, MOTE_MATRIX_3X2_CLAMPS))
/* Clamps to [low, high]; the stream with a word of weights for each channel. */
MOTE_MATRIX_3X2_FUNCTION(mote_matrix_3x2_wide, MOTE_MATRIX_3X2_WIDE_BODY(MOTE_MATRIX_3X2_WIDE_STEP, ""))
/* Clamps to [low, high]; the stream with biases times 16 and a word of weights for every two channels. */
MOTE_MATRIX_3X2_FUNCTION(mote_matrix_3x2_s4, MOTE_MATRIX_3X2_WIDE_BODY(MOTE_MATRIX_3X2_S4_STEP, MOTE_MATRIX_3X2_S4_SUMS))
#pragma GCC diagnostic pop

/* Prepares for `pixels` pixels at a time, at most three, of depth4 steps: where the loops are entered so that the right
 * number of steps is executed.
 * step_bytes: code of a step of a product with one loop; 0 for those with three. */
static __attribute__((noinline, unused)) void mote_matrix_3x2_prepare(mote_matrix_3x2_t *m, int32_t depth4,
                                                                      int32_t pixels, int32_t pixel_bytes,
                                                                      int32_t step_bytes) {
  m->second = pixels > 1 ? pixel_bytes : 0;
  m->third = pixels > 2 ? 2 * pixel_bytes : m->second;
  if (step_bytes != 0) {
    m->rounds = (depth4 + 3) >> 2;
    m->entry = (-depth4 & 3) * step_bytes + 1;
  } else {
    /* the first step stands before the loops; if it is the only one, they are entered behind their last branch */
    const int32_t loops = pixels == 3 ? 376 : pixels == 2 ? 156 : 0;
    const int32_t steps = pixels == 3 ? 8 : 4;
    const int32_t bytes = 20 + 16 * pixels;
    const int32_t rest = depth4 - 1;
    m->rounds = (rest + steps - 1) / steps;
    m->entry = loops + (rest == 0 ? steps * bytes + 8 : (-rest & (steps - 1)) * bytes) + 1;
  }
}

#endif
