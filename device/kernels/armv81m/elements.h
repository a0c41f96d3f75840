/* Rows of two int8 operands, four elements at a time. */
#ifndef MOTE_ARMV81M_ELEMENTS_H
#define MOTE_ARMV81M_ELEMENTS_H

#include "armv81m/mve.h"
#include "portable/broadcast.h"

/* The order of the fields is known to the assembly. */
typedef struct {
  int32_t low;      /* clamp */
  int32_t high;
  int32_t x_stride;
  int32_t y_stride;
  int32_t factors[5];
} mote_mve_row_t;

/* `count` elements of z from x and y. BODY computes q0 from the elements in q0 and q1 with the factors in r8 to r11 and r6. */
#define MOTE_MVE_ROW(row, x, y, z, count, BODY)                                                                 \
  __asm__ volatile(                                                                                             \
      "ldrd r4, r5, [%3]\n\t"                                                                                   \
      "vdup.32 q2, r4\n\t"                                                                                      \
      "vdup.32 q3, r5\n\t"                                                                                      \
      "ldrd r4, r5, [%3, #8]\n\t"                                                                               \
      "ldrd r8, r9, [%3, #16]\n\t"                                                                              \
      "ldrd r10, r11, [%3, #24]\n\t"                                                                            \
      "mov r6, #0\n\t"                                                                                          \
      "vidup.u32 q4, r6, #1\n\t"                                                                                \
      "vmul.i32 q5, q4, r5\n\t"                                                                                 \
      "vmul.i32 q4, q4, r4\n\t"                                                                                 \
      "ldr r6, [%3, #32]\n\t"                                                                                   \
      "wlstp.32 lr, %4, 2f\n"                                                                                   \
      "1:\n\t"                                                                                                  \
      "vldrb.s32 q0, [%0, q4]\n\t"                                                                              \
      "vldrb.s32 q1, [%1, q5]\n\t"                                                                              \
      "add %0, %0, r4, lsl #2\n\t"                                                                              \
      "add %1, %1, r5, lsl #2\n\t" BODY                                                                         \
      "vmax.s32 q0, q0, q2\n\t"                                                                                 \
      "vmin.s32 q0, q0, q3\n\t"                                                                                 \
      "vstrb.32 q0, [%2], #4\n\t"                                                                               \
      "letp lr, 1b\n"                                                                                           \
      "2:\n\t"                                                                                                  \
      : "+r"(x), "+r"(y), "+l"(z)                                                                               \
      : "r"(row), "r"(count)                                                                                    \
      : "r4", "r5", "r6", "r8", "r9", "r10", "r11", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "memory")

#endif
