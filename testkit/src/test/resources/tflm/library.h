/* The part of TensorFlow Lite Micro's interface that glue sources use, declared from its documentation, for tests only; an
 * interpreter that computes nothing and checks what it is given. Stands for the three headers that the sources include. */
#ifndef STAND_IN_LIBRARY_H
#define STAND_IN_LIBRARY_H

#include <cstddef>
#include <cstdint>

#define TFLITE_SCHEMA_VERSION (3)

typedef enum { kTfLiteOk = 0, kTfLiteError = 1 } TfLiteStatus;

typedef union {
  void *data;
  int8_t *int8;
} TfLitePtrUnion;

typedef struct {
  TfLitePtrUnion data;
  size_t bytes;
} TfLiteTensor;

namespace tflite {

class Model {
 public:
  uint32_t version() const { return TFLITE_SCHEMA_VERSION; }
};

inline const Model *GetModel(const void *bytes) { return static_cast<const Model *>(bytes); }

class MicroOpResolver {
 public:
  unsigned int added = 0;
  unsigned int room = 0;
};

template <unsigned int kOperators>
class MicroMutableOpResolver : public MicroOpResolver {
 public:
  MicroMutableOpResolver() { room = kOperators; }
  TfLiteStatus Add() { return added++ < kOperators ? kTfLiteOk : kTfLiteError; }
  TfLiteStatus AddAveragePool2D() { return Add(); }
  TfLiteStatus AddConv2D() { return Add(); }
  TfLiteStatus AddDepthwiseConv2D() { return Add(); }
  TfLiteStatus AddFullyConnected() { return Add(); }
  TfLiteStatus AddMean() { return Add(); }
  TfLiteStatus AddReshape() { return Add(); }
  TfLiteStatus AddSoftmax() { return Add(); }
};

class MicroInterpreter {
 public:
  MicroInterpreter(const Model *model, const MicroOpResolver &resolver, uint8_t *arena, size_t bytes)
      : model_(model), resolver_(resolver), arena_(arena), bytes_(bytes) {}
  TfLiteStatus AllocateTensors() {
    const uint8_t *file = reinterpret_cast<const uint8_t *>(model_);
    const bool whole = file[4] == 'T' && file[5] == 'F' && file[6] == 'L' && file[7] == '3';
    const bool aligned = (reinterpret_cast<uintptr_t>(arena_) & 15u) == 0 && (reinterpret_cast<uintptr_t>(file) & 15u) == 0;
    tensor_.data.data = arena_;
    tensor_.bytes = bytes_ / 2;
    return whole && aligned && resolver_.added == resolver_.room ? kTfLiteOk : kTfLiteError;
  }
  size_t inputs_size() const { return 1; }
  size_t outputs_size() const { return 1; }
  TfLiteTensor *input(size_t) { return &tensor_; }
  TfLiteTensor *output(size_t) { return &tensor_; }
  TfLiteStatus Invoke() { return kTfLiteOk; }
  size_t arena_used_bytes() const { return bytes_ / 2; }

 private:
  const Model *model_;
  const MicroOpResolver &resolver_;
  uint8_t *arena_;
  size_t bytes_;
  TfLiteTensor tensor_ = {};
};

}  // namespace tflite

#endif
