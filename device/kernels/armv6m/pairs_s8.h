/* Armv6-M: two pixels times all output channels, in the low eight registers. */
#ifndef MOTE_ARMV6M_PAIRS_S8_H
#define MOTE_ARMV6M_PAIRS_S8_H

#include "armv6m/pairs.h"
#include "scalar/pairs.h"

/* Four depths of two pixels; 38 bytes. */
#define MOTE_PAIRS_GROUP        \
  "ldmia r0!, {r4, r5, r6, r7}\n\t" \
  "ldmia r1!, {r2}\n\t"         \
  "sxtb r3, r2\n\t"             \
  "muls r4, r3, r4\n\t"         \
  "asrs r2, r2, #8\n\t"         \
  "sxtb r3, r2\n\t"             \
  "muls r5, r3, r5\n\t"         \
  "adds r4, r4, r5\n\t"         \
  "asrs r2, r2, #8\n\t"         \
  "sxtb r3, r2\n\t"             \
  "muls r6, r3, r6\n\t"         \
  "adds r4, r4, r6\n\t"         \
  "asrs r2, r2, #8\n\t"         \
  "muls r7, r2, r7\n\t"         \
  "adds r4, r4, r7\n\t" MOTE_PAIRS_SPLIT("r4")

#define MOTE_PAIRS_BODY(multiply, bits)                                             \
  ".syntax unified\n\t"                                                             \
  "push {r4, r5, r6, r7, lr}\n\t"                                                   \
  "mov r4, r8\n\t"                                                                  \
  "mov r5, r9\n\t"                                                                  \
  "mov r6, r10\n\t"                                                                 \
  "mov r7, r11\n\t"                                                                 \
  "push {r4, r5, r6, r7}\n\t"                                                       \
  "sub sp, sp, #28\n\t"                                                             \
  "ldmia r0!, {r1, r2, r3, r4, r5, r6}\n\t"                                         \
  "mov r12, r2\n\t"             /* columns_end */                                   \
  "mov lr, r4\n\t"              /* stream_end */                                    \
  "movs r4, #38\n\t"                                                                \
  "muls r5, r4, r5\n\t"                                                             \
  "adr r4, 2f\n\t"                                                                  \
  "adds r4, r4, r5\n\t"                                                             \
  "mov r11, r4\n\t"             /* entry */                                         \
  "str r1, [sp]\n\t"            /* columns */                                       \
  "str r6, [sp, #4]\n\t"        /* y0 */                                            \
  "ldmia r0!, {r1, r2, r4, r5}\n\t"                                                 \
  "subs r1, r1, r6\n\t"                                                             \
  "str r1, [sp, #8]\n\t"        /* y1 - y0 */                                       \
  "str r4, [sp, #12]\n\t"       /* low */                                           \
  "str r5, [sp, #16]\n\t"       /* high */                                          \
  "str r2, [sp, #20]\n\t"       /* zero */                                          \
  "movs r1, #128\n\t"                                                               \
  "lsls r1, r1, #8\n\t"                                                             \
  "mov r10, r1\n\t"                                                                 \
  "mov r1, r3\n"                /* stream */                                        \
  "1:\n\t"                                                                          \
  "movs r2, #0\n\t"                                                                 \
  "mov r8, r2\n\t"                                                                  \
  "mov r9, r2\n\t"                                                                  \
  "ldr r0, [sp]\n\t"                                                                \
  "mov pc, r11\n\t"                                                                 \
  ".balign 4\n"                                                                     \
  "2:\n\t" MOTE_PAIRS_GROUP MOTE_PAIRS_GROUP MOTE_PAIRS_GROUP MOTE_PAIRS_GROUP      \
  "cmp r0, r12\n\t"                                                                 \
  "bne 2b\n\t"                                                                      \
  "ldmia r1!, {r2, r3}\n\t"                                                         \
  "asrs r6, r2, #9\n\t"                                                             \
  "bcs 5f\n"                                                                        \
  "4:\n\t"                                                                          \
  "mov r5, r9\n\t"                                                                  \
  "lsls r7, r5, #16\n\t"                                                            \
  "mov r4, r8\n\t"                                                                  \
  "subs r4, r4, r7\n\t"                                                             \
  "adds r4, r4, r6\n\t"                                                             \
  "adds r5, r5, r6\n\t"                                                             \
  "mov r8, r1\n\t" multiply                                                         \
  "add r0, sp, #12\n\t"                                                             \
  "ldmia r0!, {r1, r3, r7}\n\t" /* low, high, zero */                               \
  "movs r6, #0\n\t" MOTE_PAIRS_ROUND("r4", bits, "61", "62")                        \
  "7:\n\t" MOTE_PAIRS_ROUND("r5", bits, "63", "64")                                 \
  "8:\n\t"                                                                          \
  "mov r1, r8\n\t"                                                                  \
  "ldr r0, [sp, #4]\n\t"                                                            \
  "ldr r2, [sp, #8]\n\t"                                                            \
  "strb r4, [r0]\n\t"                                                               \
  "strb r5, [r0, r2]\n\t"                                                           \
  "adds r0, r0, #1\n\t"                                                             \
  "str r0, [sp, #4]\n\t"                                                            \
  "cmp r1, lr\n\t"                                                                  \
  "beq 9f\n\t"                                                                      \
  "b 1b\n"                                                                          \
  "61:\n\t"                                                                         \
  "movs r4, r1\n\t"                                                                 \
  "b 7b\n"                                                                          \
  "62:\n\t"                                                                         \
  "movs r4, r3\n\t"                                                                 \
  "b 7b\n"                                                                          \
  "63:\n\t"                                                                         \
  "movs r5, r1\n\t"                                                                 \
  "b 8b\n"                                                                          \
  "64:\n\t"                                                                         \
  "movs r5, r3\n\t"                                                                 \
  "b 8b\n"                                                                          \
  "5:\n\t"                      /* corrections */                                   \
  "ldr r0, [sp]\n\t"                                                                \
  "ldmia r1!, {r4}\n\t"                                                             \
  "uxth r5, r4\n\t"                                                                 \
  "ldr r5, [r0, r5]\n\t"                                                            \
  "asrs r7, r4, #24\n\t"                                                            \
  "muls r5, r7, r5\n\t" MOTE_PAIRS_SPLIT("r5")                                      \
  "lsrs r4, r4, #17\n\t"                                                            \
  "bcc 5b\n\t"                                                                      \
  "b 4b\n"                                                                          \
  "9:\n\t"                                                                          \
  "add sp, sp, #28\n\t"                                                             \
  "pop {r4, r5, r6, r7}\n\t"                                                        \
  "mov r8, r4\n\t"                                                                  \
  "mov r9, r5\n\t"                                                                  \
  "mov r10, r6\n\t"                                                                 \
  "mov r11, r7\n\t"                                                                 \
  "pop {r4, r5, r6, r7, pc}\n\t"

/* Sums below 2^21 in magnitude. */
static __attribute__((naked, noinline, unused)) void mote_pairs_product_s8(
    const mote_pairs_t *m __attribute__((unused))) {
  __asm__ volatile(MOTE_PAIRS_BODY(MOTE_PAIRS_MULTIPLY_22, "9"));
}

/* Sums below 2^23 in magnitude. */
static __attribute__((naked, noinline, unused)) void mote_pairs_product_wide_s8(
    const mote_pairs_t *m __attribute__((unused))) {
  __asm__ volatile(MOTE_PAIRS_BODY(MOTE_PAIRS_MULTIPLY_24, "7"));
}

#endif
