/* Armv6-M building blocks: split sums of pairs, requantize them. */
#ifndef MOTE_ARMV6M_PAIRS_H
#define MOTE_ARMV6M_PAIRS_H

/* Splits the sum of products of pairs in `sum`: r8 += sum, r9 += (sum + 2^15) >> 16; r10 is 2^15. */
#define MOTE_PAIRS_SPLIT(sum)  \
  "add r8, r8, " sum "\n\t"    \
  "add " sum ", " sum ", r10\n\t" \
  "asrs " sum ", " sum ", #16\n\t" \
  "add r9, r9, " sum "\n\t"

/* The multiplier in r3 to signed digits of 11 and 11 bits in r6 and r7, and the rest in r3. */
#define MOTE_PAIRS_DIGITS_11 \
  "lsls r6, r3, #21\n\t"     \
  "asrs r6, r6, #21\n\t"     \
  "lsls r7, r3, #10\n\t"     \
  "asrs r7, r7, #21\n\t"     \
  "lsrs r3, r3, #22\n\t"

/* r4, r5 := floor(r4, r5 * multiplier / 2^22) for |r4|, |r5| < 2^21. Uses all of r0 to r7 but r2. */
#define MOTE_PAIRS_DIGITS_22 \
  "movs r0, r4\n\t"          \
  "muls r0, r6, r0\n\t"      \
  "asrs r0, r0, #11\n\t"     \
  "movs r1, r4\n\t"          \
  "muls r1, r7, r1\n\t"      \
  "adds r0, r0, r1\n\t"      \
  "asrs r0, r0, #11\n\t"     \
  "muls r4, r3, r4\n\t"      \
  "adds r4, r4, r0\n\t"      \
  "muls r6, r5, r6\n\t"      \
  "asrs r6, r6, #11\n\t"     \
  "muls r7, r5, r7\n\t"      \
  "adds r6, r6, r7\n\t"      \
  "asrs r6, r6, #11\n\t"     \
  "muls r5, r3, r5\n\t"      \
  "adds r5, r5, r6\n\t"

#define MOTE_PAIRS_MULTIPLY_22 MOTE_PAIRS_DIGITS_11 MOTE_PAIRS_DIGITS_22

/* One digit of eight bits for both: r4 * digit + r0 >> 8 to r0, r5 * digit + r6 >> 8 to r6. */
#define MOTE_PAIRS_DIGIT_8(shift) \
  "movs r1, r4\n\t"               \
  "muls r1, r7, r1\n\t"           \
  "adds r0, r0, r1\n\t"           \
  shift("r0")                     \
  "muls r7, r5, r7\n\t"           \
  "adds r6, r6, r7\n\t"           \
  shift("r6")
#define MOTE_PAIRS_SHIFT_8(value) "asrs " value ", " value ", #8\n\t"

/* The same for |r4|, |r5| < 2^23, to / 2^24; signed digits of 8 bits. */
#define MOTE_PAIRS_MULTIPLY_24 \
  "movs r0, #0\n\t"            \
  "movs r6, #0\n\t"            \
  "sxtb r7, r3\n\t" MOTE_PAIRS_DIGIT_8(MOTE_PAIRS_SHIFT_8) \
  "lsls r7, r3, #16\n\t"       \
  "asrs r7, r7, #24\n\t" MOTE_PAIRS_DIGIT_8(MOTE_PAIRS_SHIFT_8) \
  "lsls r7, r3, #8\n\t"        \
  "asrs r7, r7, #24\n\t" MOTE_PAIRS_DIGIT_8(MOTE_PAIRS_SHIFT_8) \
  "lsrs r3, r3, #24\n\t"       \
  "muls r4, r3, r4\n\t"        \
  "adds r4, r4, r0\n\t"        \
  "muls r5, r3, r5\n\t"        \
  "adds r5, r5, r6\n\t"

/* From the product / 2^(31 - bits): rounds to nearest, ties upwards, at bit 31, then shifts right by the low byte of r2
 * with ties away from zero, adds the zero point in r7 and clamps to r1 .. r3. r6 is 0. */
#define MOTE_PAIRS_ROUND(value, bits, low, high) \
  "asrs " value ", " value ", #" bits "\n\t"     \
  "adcs " value ", " value ", r6\n\t"            \
  "asrs r0, " value ", #31\n\t"                  \
  "adds " value ", " value ", r0\n\t"            \
  "asrs " value ", " value ", r2\n\t"            \
  "adcs " value ", " value ", r7\n\t"            \
  "cmp " value ", r1\n\t"                        \
  "blt " low "f\n\t"                             \
  "cmp " value ", r3\n\t"                        \
  "bgt " high "f\n\t"

#endif
