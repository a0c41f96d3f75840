#include "armv7em/conv2d_s8.c"
#include "armv7em/fully_connected_s8.c"

/* Convolution of int8 pixels, any window and dilation, of one pixel at a time: for layers with shifts to the left or none. */
typedef mote_dsp_conv2d_s8_t mote_dsp_conv2d_any_s8_t;
typedef mote_dsp_conv2d_s8_t mote_dsp_conv2d_any_wide_s8_t;
typedef mote_dsp_conv2d_s8_t mote_dsp_conv2d_any_s4_t;

/* stream: that of mote_dsp_fully_connected_s8, each output with a multiplier of its own.
 * window: a byte for every weight of one output channel, each kernel row rounded up to four weights. */
MOTE_KERNEL void mote_dsp_conv2d_any(const mote_dsp_conv2d_s8_t *p, const int8_t *x, const int32_t *stream, int8_t *y,
                                     int8_t *window,
                                     void (*one)(const mote_dsp_fully_connected_s8_t *, const int8_t *, const int32_t *,
                                                 int8_t *)) {
  const int32_t row_bytes = (p->kernel_w * p->in_c + 3) & -4;
  const mote_dsp_fully_connected_s8_t product = {
      p->kernel_h * row_bytes, p->channels, 0, 0, p->zero, p->output_min, p->output_max};
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t oy = 0; oy < p->out_h; oy++) {
      const int32_t top = oy * p->stride_h - p->pad_top;
      for (int32_t ox = 0; ox < p->out_w; ox++) {
        mote_dsp_conv2d_window(p, x, top, ox * p->stride_w - p->pad_left, window);
        one(&product, window, stream, y);
        y += p->channels;
      }
    }
    x += p->in_h * p->in_w * p->in_c;
  }
}

MOTE_SHARED void mote_dsp_conv2d_any_s8(const mote_dsp_conv2d_s8_t *p, const int8_t *x, const int32_t *stream, int8_t *y,
                                        int8_t *window) {
  mote_dsp_conv2d_any(p, x, stream, y, window, mote_dsp_fully_connected_s8);
}

MOTE_SHARED void mote_dsp_conv2d_any_wide_s8(const mote_dsp_conv2d_s8_t *p, const int8_t *x, const int32_t *stream,
                                             int8_t *y, int8_t *window) {
  mote_dsp_conv2d_any(p, x, stream, y, window, mote_dsp_fully_connected_wide_s8);
}

MOTE_SHARED void mote_dsp_conv2d_any_s4(const mote_dsp_conv2d_s8_t *p, const int8_t *x, const int32_t *stream,
                                        int8_t *y, int8_t *window) {
  mote_dsp_conv2d_any(p, x, stream, y, window, mote_dsp_fully_connected_s4);
}
