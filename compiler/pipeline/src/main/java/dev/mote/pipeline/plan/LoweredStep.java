package dev.mote.pipeline.plan;

import dev.mote.ir.Node;
import dev.mote.pipeline.lower.KernelCall;

/// A node with the kernel call that computes it.
public record LoweredStep(Node node, KernelCall call) {}
