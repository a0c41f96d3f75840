package dev.mote.emulator;

import dev.mote.ir.Blob;
import java.util.List;
import java.util.OptionalLong;

/// What one inference gave.
///
/// @param outputs the model's outputs, in its order, as raw little-endian bytes
/// @param layerOutputs with [RunOptions#layerOutputs] what every layer wrote, in order of execution
/// @param instructions instructions executed by `invoke`; empty on the host, and with layer
///     outputs
/// @param stackBytes deepest stack of `invoke`; empty on the host, and with layer outputs
public record Inference(
    List<Blob> outputs,
    List<LayerOutput> layerOutputs,
    OptionalLong instructions,
    OptionalLong stackBytes) {

  /// A tensor as it was when its layer was done.
  ///
  /// @param layer index into [dev.mote.pipeline.CompiledModel#layers]
  /// @param tensor its name in the compiled graph
  /// @param data raw bytes
  public record LayerOutput(int layer, String tensor, Blob data) {}

  public Inference {
    outputs = List.copyOf(outputs);
    layerOutputs = List.copyOf(layerOutputs);
  }
}
