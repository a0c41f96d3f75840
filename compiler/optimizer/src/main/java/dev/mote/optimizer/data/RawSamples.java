package dev.mote.optimizer.data;

import dev.mote.optimizer.data.Preparation.Nature;
import java.util.List;
import java.util.function.IntFunction;

/// Samples as their files have them.
///
/// @param size how many
/// @param numbers the inputs of a sample by its index, in the order of the model's elements
/// @param where a sample, for messages
/// @param nature what the numbers are
/// @param labels as read with the numbers; empty when there are none
record RawSamples(
    int size,
    IntFunction<List<float[]>> numbers,
    IntFunction<String> where,
    Nature nature,
    Labels labels) {}
