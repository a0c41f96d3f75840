package dev.mote.optimizer.data;

import dev.mote.ir.ElementType;
import java.util.List;
import java.util.Optional;

/// Numbers of a file before they become a tensor.
///
/// @param shape dimensions in the file; empty when the format has none
/// @param values the numbers in row-major order
/// @param type element type in the file; empty when the format has none
record Numbers(List<Integer> shape, List<Double> values, Optional<ElementType> type) {}
