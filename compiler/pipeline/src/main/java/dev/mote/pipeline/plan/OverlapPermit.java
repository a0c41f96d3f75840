package dev.mote.pipeline.plan;

/// Two buffers that may share bytes although both live at one step, because the kernel reads each
/// input byte before it writes over it: legal when `offset(written) + distance <= offset(read)`,
/// or, if exact, when both offsets are equal.
///
/// @param written index of the buffer that the step writes
/// @param read index of the buffer that the step reads for the last time
/// @param distance bytes; ≥ 0
/// @param exact whether only equal offsets are legal
public record OverlapPermit(int written, int read, int distance, boolean exact) {}
