package dev.mote.pipeline.lower;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// The weights of an int8 layer without those groups of four that are all zero.
///
/// A group lies along a kernel row, which is filled up to a multiple of four with zeros. Each group
/// that is there says how many are left out before it.
///
/// @param channels for each output channel its groups
/// @param groupsOfChannel how many groups each channel has if none is left out
record SparseStream(List<List<Group>> channels, int groupsOfChannel) {

  /// Four weights.
  ///
  /// @param gap groups that are left out before it
  /// @param weights the first one in the lowest byte
  record Group(int gap, int weights) {}

  /// Weights of a group.
  static final int GROUP = 4;

  /// Groups that a channel may have: the kernels' counts have 16 bits.
  private static final int MOST_GROUPS = (1 << 16) - 1;

  SparseStream {
    channels = channels.stream().map(List::copyOf).toList();
  }

  /// The groups of `weights` (`[channels, rows, rowWeights]`).
  ///
  /// @param farthest groups that can be left out at once; a group of zeros stands where there are
  ///     more
  static SparseStream of(byte[] weights, int channels, int rows, int rowWeights, int farthest) {
    int rowGroups = (rowWeights + GROUP - 1) / GROUP;
    List<List<Group>> all = new ArrayList<>();
    for (int channel = 0; channel < channels; channel++) {
      List<Group> groups = new ArrayList<>();
      int gap = 0;
      for (int i = 0; i < rows * rowGroups; i++) {
        int from = (channel * rows + i / rowGroups) * rowWeights + i % rowGroups * GROUP;
        int word = word(weights, from, Math.min(GROUP, rowWeights - i % rowGroups * GROUP));
        if (word != 0 || gap == farthest) {
          groups.add(new Group(gap, word));
          gap = 0;
        } else {
          gap++;
        }
      }
      all.add(groups);
    }
    return new SparseStream(all, rows * rowGroups);
  }

  private static int word(byte[] weights, int from, int count) {
    int word = 0;
    for (int i = 0; i < count; i++) {
      word |= (weights[from + i] & 0xff) << 8 * i;
    }
    return word;
  }

  /// Groups that are stored.
  long stored() {
    return channels.stream().mapToLong(List::size).sum();
  }

  /// Part of all groups that is stored.
  double density() {
    return (double) stored() / Math.max(1, (long) groupsOfChannel * channels.size());
  }

  /// Whether every count fits.
  boolean canBeStored() {
    return groupsOfChannel <= MOST_GROUPS;
  }

  /// As `portable/sparse_s8.h` reads it.
  ConstantTable bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (List<Group> groups : channels) {
      bytes.write(groups.size());
      bytes.write(groups.size() >> 8);
      for (Group group : groups) {
        bytes.write(group.gap);
        for (int i = 0; i < GROUP; i++) {
          bytes.write(group.weights >> 8 * i);
        }
      }
    }
    return ConstantTable.weights(ElementType.UINT8, Blob.of(bytes.toByteArray()));
  }

  /// As `armv7em/sparse_s8.h` reads it.
  ///
  /// @param gapUnit what a group that is left out adds to a gap
  ConstantTable words(ShortRescaling constants, int gapUnit) {
    WordStream words = new WordStream();
    for (int channel = 0; channel < channels.size(); channel++) {
      List<Group> groups = channels.get(channel);
      words.add(constants.bias()[channel]);
      words.add(2 * constants.multiplier()[channel]);
      words.add(constants.right()[channel] | groups.size() << 8);
      for (int first = 0; first < groups.size(); first += GROUP) {
        List<Group> four = groups.subList(first, Math.min(first + GROUP, groups.size()));
        int gaps = 0;
        for (int i = 0; i < four.size(); i++) {
          gaps |= four.get(i).gap * gapUnit << 8 * i;
        }
        words.add(gaps);
        four.forEach(group -> words.add(group.weights));
      }
    }
    return words.table(GROUP * stored() + 4L * channels.size());
  }
}
