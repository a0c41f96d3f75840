/* Armv7-M building block: requantization. */
#ifndef MOTE_ARMV7M_PAIRS_H
#define MOTE_ARMV7M_PAIRS_H

/* A sum to an output; r5 the multiplier, r4 the right shift in its low byte, r7 the zero point, r8 and r9 the clamp.
 * Twice the high half of 2 * sum * multiplier, rounded to nearest at bit 31, is TFLite's doubling high product; adding the
 * sign, and then the bit that the shift drops last, rounds to nearest with ties away from zero. */
#define MOTE_PAIRS_ROUND(value, low, high) \
  "lsls " value ", " value ", #1\n\t"      \
  "smull r6, " value ", " value ", r5\n\t" \
  "adds r6, r6, r6\n\t"                    \
  "adc " value ", " value ", #0\n\t"       \
  "add " value ", " value ", " value ", asr #31\n\t" \
  "asrs " value ", " value ", r4\n\t"      \
  "adcs " value ", " value ", r7\n\t"      \
  "cmp " value ", r8\n\t"                  \
  "blt " low "f\n\t"                       \
  "cmp " value ", r9\n\t"                  \
  "bgt " high "f\n\t"

#endif
