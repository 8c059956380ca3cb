// A variant: one concrete model that does a task.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/units.h"

namespace paragon {

enum class ChannelOrder { rgb, bgr, gray };
enum class Layout { nchw, nhwc };

// From the task's picture to the model's input tensor:
// decode -> central crop -> resize (anti-aliased bilinear) -> channels -> (pixel - mean) / std ->
// layout.
struct Preprocessing {
  int width = 0;   // pixels, 1 to 4096
  int height = 0;  // pixels, 1 to 4096
  ChannelOrder channels = ChannelOrder::rgb;
  Layout layout = Layout::nchw;
  double central_crop = 1.0;  // share of width and height kept, (0, 1]
  std::vector<float> mean;    // per channel in `channels` order, on pixels 0..255
  std::vector<float> std;     // likewise; none may be zero

  int channel_count() const { return channels == ChannelOrder::gray ? 1 : 3; }
};

// From the model's output tensor to the task's classes.
struct OutputMapping {
  bool softmax = false;              // apply softmax: the model gives logits
  std::vector<int> class_of_output;  // output index -> index into Task::labels; empty = identity.
                                     // -1 drops an output (a background class).
};

struct MeasuredAccuracy {
  Accuracy top1;
  Accuracy half_interval;  // half of the 95 % interval: 0 where only a published figure is known
  std::string source;      // "10,000 test images, 2026-11-24" or the publication
};

struct Variant {
  std::string name;
  TaskId task;
  std::string family;     // variants of one network share it (fp32 and int8)
  std::string precision;  // fp32, int8, fp16
  std::string file;       // path of the ONNX file, absolute after loading
  std::string sha256;     // hex; empty = not checked
  std::string version = "1";
  MeasuredAccuracy accuracy;
  Preprocessing preprocessing;  // used when the task's input is an image
  OutputMapping output;
  Memory memory;          // peak resident memory of a worker that holds only this variant
  int intra_threads = 1;  // ONNX Runtime intra-op threads of its session
  int max_batch = 1;      // most queries the worker runs as one batch; 1 = batching off
};

}  // namespace paragon
