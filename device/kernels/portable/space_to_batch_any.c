#include <string.h>

#include "portable/common.h"

/* Pads height and width and moves blocks of pixels into the batch. */
typedef struct {
  int32_t batches; /* of the input */
  int32_t input_height;
  int32_t input_width;
  int32_t output_height;
  int32_t output_width;
  int32_t block_height;
  int32_t block_width;
  int32_t pad_top;
  int32_t pad_left;
  int32_t pixel; /* bytes */
  int32_t value; /* every byte of the padding */
} mote_space_to_batch_any_t;

MOTE_KERNEL void mote_space_to_batch_any(const mote_space_to_batch_any_t *p, const void *input, void *output) {
  uint8_t *y = (uint8_t *)output;
  for (int32_t block_row = 0; block_row < p->block_height; block_row++) {
    for (int32_t block_column = 0; block_column < p->block_width; block_column++) {
      const uint8_t *image = (const uint8_t *)input;
      for (int32_t batch = 0; batch < p->batches; batch++) {
        for (int32_t i = 0; i < p->output_height; i++) {
          const int32_t row = i * p->block_height + block_row - p->pad_top;
          const int row_inside = row >= 0 && row < p->input_height;
          for (int32_t j = 0; j < p->output_width; j++) {
            const int32_t column = j * p->block_width + block_column - p->pad_left;
            if (row_inside && column >= 0 && column < p->input_width) {
              memcpy(y, image + (row * p->input_width + column) * p->pixel, (size_t)p->pixel);
            } else {
              memset(y, (int)p->value, (size_t)p->pixel);
            }
            y += p->pixel;
          }
        }
        image += p->input_height * p->input_width * p->pixel;
      }
    }
  }
}
