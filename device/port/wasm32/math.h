/* What the kernels use of the C library's math.h, where there is no C library. */
#ifndef MOTE_WASM32_MATH_H
#define MOTE_WASM32_MATH_H

#define INFINITY __builtin_inff()

/* Instructions of WebAssembly. */
double ceil(double x);
float ceilf(float x);
double fabs(double x);
float fabsf(float x);
double floor(double x);
float floorf(float x);
float rintf(float x);
double sqrt(double x);
float sqrtf(float x);

/* Functions of math.c. */
float cosf(float x);
float expf(float x);
float expm1f(float x);
float fmodf(float x, float y);
float logf(float x);
double round(double x);
float roundf(float x);
float sinf(float x);
float tanhf(float x);

#endif
