/* Armv7-M: one channel of a depthwise convolution. */
#ifndef MOTE_ARMV7M_PLANE_S8_H
#define MOTE_ARMV7M_PLANE_S8_H

#include "armv7m/pairs.h"
#include "scalar/depthwise_s8.h"

/* Splits a sum that started with r10 = 2^15: into the sum of both pixels, and that of the second. */
#define MOTE_PLANE_SPLIT(sum)     \
  "add r2, r2, " sum "\n\t"       \
  "add r3, r3, " sum ", asr #16\n\t"

/* Nine taps under r0 with the weights at r1; two products fit in the halves of a word. r11 leads to the next row. */
#define MOTE_PLANE_3X3                      \
  "ldmia r0!, {r4, r5, r6}\n\t"             \
  "ldmia r1!, {r7, r8, r9}\n\t"             \
  "mla r7, r4, r7, r10\n\t"                 \
  "mla r7, r5, r8, r7\n\t"                  \
  "mla r9, r6, r9, r10\n\t"                 \
  "add r0, r0, r11\n\t" MOTE_PLANE_SPLIT("r7") \
  "ldmia r0!, {r4, r5, r6}\n\t"             \
  "ldmia r1!, {r7, r8}\n\t"                 \
  "mla r9, r4, r7, r9\n\t"                  \
  "mla r8, r5, r8, r10\n\t"                 \
  "ldmia r1!, {r4, r7}\n\t" MOTE_PLANE_SPLIT("r9") \
  "mla r8, r6, r4, r8\n\t"                  \
  "add r0, r0, r11\n\t"                     \
  "ldmia r0!, {r4, r5, r6}\n\t" MOTE_PLANE_SPLIT("r8") \
  "ldmia r1!, {r8, r9}\n\t"                 \
  "mla r7, r4, r7, r10\n\t"                 \
  "mla r7, r5, r8, r7\n\t"                  \
  "mla r9, r6, r9, r10\n\t" MOTE_PLANE_SPLIT("r7") MOTE_PLANE_SPLIT("r9")

/* Any taps, two by two; the table ends at r11. */
#define MOTE_PLANE_ANY                      \
  "3:\n\t"                                  \
  "ldmia r1!, {r4, r5, r6, r7}\n\t"         \
  "ldr r6, [r0, r6]\n\t"                    \
  "ldr r7, [r0, r7]\n\t"                    \
  "mla r6, r6, r4, r10\n\t"                 \
  "mla r6, r7, r5, r6\n\t"                  \
  "cmp r1, r11\n\t" MOTE_PLANE_SPLIT("r6")  \
  "bne 3b\n\t"

/* splits: how often 2^15 is added to the first sum. */
#define MOTE_PLANE_BODY(taps, splits, load_r11)                            \
  "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"                        \
  "sub sp, sp, #76\n\t"                                                    \
  "mov r1, sp\n\t"                                                         \
  "ldmia r0!, {r2, r3, r4, r5, r6, r7, r8, r9, r10}\n\t"                   \
  "mov r12, r4\n\t"             /* x */                                    \
  "stmia r1!, {r2, r3, r4, r5, r6, r7, r8, r9, r10}\n\t"                   \
  "ldmia r0!, {r2, r3, r4, r5, r6, r7, r8, r9, r10}\n\t"                   \
  "stmia r1!, {r2, r3, r4, r5, r6, r7, r8, r9, r10}\n\t"                   \
  "add r0, r5, r5, lsl #16\n\t" splits                                     \
  "sub r0, r0, r2, lsl #15\n\t"                                            \
  "str r0, [r1]\n\t"            /* the bias of both pixels */              \
  "mov r10, #32768\n\t" load_r11                                           \
  "1:\n\t"                      /* a row, to lr */                         \
  "ldr r0, [sp, #32]\n\t"                                                  \
  "add lr, r0, r12\n"                                                      \
  "2:\n\t"                                                                 \
  "ldr r2, [sp, #72]\n\t"                                                  \
  "ldr r3, [sp, #48]\n\t"                                                  \
  "mov r0, r12\n\t"                                                        \
  "ldr r1, [sp]\n\t" taps                                                  \
  "sub r2, r2, r3, lsl #16\n\t"                                            \
  "add r0, sp, #52\n\t"                                                    \
  "ldmia r0, {r5, r8}\n\t"      /* multiplier, low */                      \
  "ldrd r4, r9, [sp, #60]\n\t"  /* right, high */                          \
  "ldr r7, [sp, #68]\n\t" MOTE_PAIRS_ROUND("r2", "61", "62")               \
  "7:\n\t" MOTE_PAIRS_ROUND("r3", "63", "64")                              \
  "8:\n\t"                                                                 \
  "ldrd r4, r5, [sp, #12]\n\t"  /* y, y_pair */                            \
  "ldrd r6, r7, [sp, #20]\n\t"  /* y_step, y_row_step */                   \
  "strb r2, [r4]\n\t"                                                      \
  "strb r3, [r4, r5]\n\t"                                                  \
  "add r4, r4, r6\n\t"                                                     \
  "str r4, [sp, #12]\n\t"                                                  \
  "ldr r2, [sp, #28]\n\t"                                                  \
  "add r12, r12, r2\n\t"                                                   \
  "cmp r12, lr\n\t"                                                        \
  "bne 2b\n\t"                                                             \
  "add r4, r4, r7\n\t"                                                     \
  "str r4, [sp, #12]\n\t"                                                  \
  "ldr r2, [sp, #36]\n\t"                                                  \
  "add r12, r12, r2\n\t"                                                   \
  "ldr r2, [sp, #44]\n\t"                                                  \
  "subs r2, r2, #1\n\t"                                                    \
  "str r2, [sp, #44]\n\t"                                                  \
  "bne 1b\n\t"                                                             \
  "add sp, sp, #76\n\t"                                                    \
  "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"                           \
  "61:\n\t"                                                                \
  "mov r2, r8\n\t"                                                         \
  "b 7b\n"                                                                 \
  "62:\n\t"                                                                \
  "mov r2, r9\n\t"                                                         \
  "b 7b\n"                                                                 \
  "63:\n\t"                                                                \
  "mov r3, r8\n\t"                                                         \
  "b 8b\n"                                                                 \
  "64:\n\t"                                                                \
  "mov r3, r9\n\t"                                                         \
  "b 8b\n\t"

/* Sums below 2^29 in magnitude. */
static __attribute__((naked, noinline, unused)) void mote_pairs_plane_3x3_s8(
    const mote_pairs_plane_t *m __attribute__((unused))) {
  __asm__ volatile(MOTE_PLANE_BODY(MOTE_PLANE_3X3, "movs r2, #5\n\t", "ldr r11, [sp, #40]\n"));
}

static __attribute__((naked, noinline, unused)) void mote_pairs_plane_s8(
    const mote_pairs_plane_t *m __attribute__((unused))) {
  __asm__ volatile(MOTE_PLANE_BODY(MOTE_PLANE_ANY,
                                   "ldrd r2, r3, [sp]\n\t"
                                   "subs r2, r3, r2\n\t"
                                   "lsrs r2, r2, #4\n\t",
                                   "ldr r11, [sp, #4]\n"));
}

#endif
