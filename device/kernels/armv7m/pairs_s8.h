/* Armv7-M: two pixels times all output channels. */
#ifndef MOTE_ARMV7M_PAIRS_S8_H
#define MOTE_ARMV7M_PAIRS_S8_H

#include "armv7m/pairs.h"
#include "scalar/pairs.h"

/* Four depths of two pixels; 40 bytes. The sum starts with r10 = 2^15, so that the upper half of the word is rounded to
 * the upper sum; what this adds to the lower sum in r2 is known beforehand. */
#define MOTE_PAIRS_GROUP              \
  "ldmia.n r0!, {r4, r5, r6, r7}\n\t" \
  "ldrsb.w r8, [r1, #2]\n\t"          \
  "ldrsb.w r9, [r1, #3]\n\t"          \
  "mla r6, r6, r8, r10\n\t"           \
  "mla r6, r7, r9, r6\n\t"            \
  "ldrsb.w r9, [r1, #1]\n\t"          \
  "ldrsb.w r8, [r1], #4\n\t"          \
  "mla r6, r5, r9, r6\n\t"            \
  "mla r6, r4, r8, r6\n\t"            \
  "add.n r2, r2, r6\n\t"              \
  "add.w r3, r3, r6, asr #16\n\t"

/* Sums below 2^29 in magnitude. */
static __attribute__((naked, noinline, unused)) void mote_pairs_product_s8(
    const mote_pairs_t *m __attribute__((unused))) {
  __asm__ volatile(
      "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
      "sub sp, sp, #36\n\t"
      "ldmia r0!, {r4, r5, r6, r7, r8, r9}\n\t"
      "ldmia r0, {r0, r1, r2, r3}\n\t"
      "subs r0, r0, r9\n\t"              /* y1 - y0 */
      "strd r9, r0, [sp]\n\t"
      "strd r1, r2, [sp, #8]\n\t"        /* zero, low */
      "str r3, [sp, #16]\n\t"            /* high */
      "strd r4, r7, [sp, #20]\n\t"       /* columns, stream_end */
      "sub r0, r5, r4\n\t"
      "lsls r0, r0, #11\n\t"             /* 2^15 for each group of 16 bytes */
      "rsbs r0, r0, #0\n\t"
      "str r0, [sp, #28]\n\t"
      "mov r1, r6\n\t"
      "mov r12, r5\n\t"
      "movs r0, #40\n\t"
      "adr r11, 2f\n\t"
      "mla r11, r8, r0, r11\n\t"
      "mov r10, #32768\n"
      "1:\n\t"
      "ldr r0, [sp, #20]\n\t"
      "ldr r2, [sp, #28]\n\t"
      "movs r3, #0\n\t"
      "mov pc, r11\n\t"
      ".balign 4\n"
      "2:\n\t" MOTE_PAIRS_GROUP MOTE_PAIRS_GROUP MOTE_PAIRS_GROUP MOTE_PAIRS_GROUP
      "cmp r0, r12\n\t"
      "bne 2b\n\t"
      "ldmia r1!, {r4, r5}\n\t"
      "asrs r6, r4, #9\n\t"
      "bcs 5f\n"
      "4:\n\t"
      "sub r2, r2, r3, lsl #16\n\t"
      "add r2, r2, r6\n\t"
      "add r3, r3, r6\n\t"
      "ldr r7, [sp, #8]\n\t"
      "ldrd r8, r9, [sp, #12]\n\t"
      MOTE_PAIRS_ROUND("r2", "61", "62")
      "7:\n\t" MOTE_PAIRS_ROUND("r3", "63", "64")
      "8:\n\t"
      "ldrd r4, r5, [sp]\n\t"
      "strb r3, [r4, r5]\n\t"
      "strb r2, [r4], #1\n\t"
      "str r4, [sp]\n\t"
      "ldr r2, [sp, #24]\n\t"
      "cmp r1, r2\n\t"
      "bne 1b\n\t"
      "add sp, sp, #36\n\t"
      "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"
      "61:\n\t"
      "mov r2, r8\n\t"
      "b 7b\n"
      "62:\n\t"
      "mov r2, r9\n\t"
      "b 7b\n"
      "63:\n\t"
      "mov r3, r8\n\t"
      "b 8b\n"
      "64:\n\t"
      "mov r3, r9\n\t"
      "b 8b\n"
      "5:\n\t"                           /* corrections */
      "ldr r7, [r1], #4\n\t"
      "ldr r0, [sp, #20]\n\t"
      "uxth r8, r7\n\t"
      "ldr r8, [r0, r8]\n\t"
      "asr r9, r7, #24\n\t"
      "mul r8, r8, r9\n\t"
      "add r2, r2, r8\n\t"
      "add r8, r8, r10\n\t"
      "add r3, r3, r8, asr #16\n\t"
      "lsrs r7, r7, #17\n\t"
      "bcc 5b\n\t"
      "b 4b\n\t");
}

#endif
