package dev.mote.pipeline.plan;

/// Two buffers that may share bytes although both live at one step, because the kernel reads each
/// input
/// byte before it writes over it: legal when `offset(written) + distance <= offset(read)`.
///
/// @param written index of the buffer that the step writes
/// @param read index of the buffer that the step reads for the last time
/// @param distance bytes; ≥ 0
public record OverlapPermit(int written, int read, int distance) {}
