package dev.mote.optimizer.data;

import dev.mote.ir.Blob;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.IntFunction;

/// Samples that are made when they are asked for.
final class SampleList extends AbstractList<List<Blob>> implements RandomAccess {

  private final int size;
  private final IntFunction<List<Blob>> sample;

  private SampleList(int size, IntFunction<List<Blob>> sample) {
    this.size = size;
    this.sample = sample;
  }

  static SampleList of(int size, IntFunction<List<Blob>> sample) {
    return new SampleList(size, sample);
  }

  @Override
  public List<Blob> get(int index) {
    return sample.apply(Objects.checkIndex(index, size));
  }

  @Override
  public int size() {
    return size;
  }
}
