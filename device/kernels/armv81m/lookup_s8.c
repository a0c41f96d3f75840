#include "armv81m/mve.h"

/* Any function of one int8 by table, see mote_lookup_s8: 16 elements at a time. */
typedef struct {
  int32_t count; /* elements */
} mote_mve_lookup_s8_t;

MOTE_SHARED void mote_mve_lookup_s8(const mote_mve_lookup_s8_t *p, const int8_t *x, const int8_t *table, int8_t *y) {
  __asm__ volatile(
      "wlstp.8 lr, %3, 2f\n"
      "1:\n\t"
      "vldrb.u8 q0, [%0], #16\n\t"
      "vldrb.u8 q1, [%2, q0]\n\t"
      "vstrb.8 q1, [%1], #16\n\t"
      "letp lr, 1b\n"
      "2:\n\t"
      : "+r"(x), "+r"(y)
      : "r"(table), "r"(p->count)
      : "lr", "q0", "q1", "memory");
}
