// Whether what a command printed has arrived.
#pragma once

namespace paragon {

// EX_IOERR of sysexits.h.
constexpr int kOutputLost = 74;

// The exit status of a command that ended with `status`: where its standard output could not be
// written (a full disk) one line says so, and 0 becomes kOutputLost. Not so for a pipe that nobody
// reads any more (`| head`). To be asked once, at the end.
int after_output(int status);

}  // namespace paragon
