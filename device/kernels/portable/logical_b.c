#include "portable/broadcast.h"

/* Conjunction or disjunction of booleans. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t conjunction; /* 1: and; 0: or */
} mote_logical_b_t;

MOTE_KERNEL uint8_t mote_logical_b_element(const mote_logical_b_t *p, uint8_t u, uint8_t v) {
  return (uint8_t)(p->conjunction != 0 ? u & v : u | v);
}

MOTE_KERNEL void mote_logical_b(const mote_logical_b_t *p, const uint8_t *x, const uint8_t *y, uint8_t *z) {
  MOTE_BINARY(uint8_t, uint8_t, mote_logical_b_element)
}
