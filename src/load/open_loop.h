// Sends queries when they are due, whatever the answers do.
//
//   schedule ──► due? ──► http::Client ──► server
//                              │ answer
//                              ▼
//                            Tally      latency = answer - due, not answer - sent
//
// An open loop is what clients that do not know of each other look like: a slow server gets no
// rest. Should the generator itself be late (a busy machine), the lateness is part of the latency
// and the tally says how much of it there was.
//
// Sending costs one copy of a few headers; bodies are shared. Everything runs on the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "load/request.h"
#include "load/tally.h"
#include "wire/http_client.h"
#include "wire/loop.h"

namespace paragon {

// What one class of queries adds to a request.
struct LoadClass {
  std::string name;
  std::optional<Duration> deadline;  // for counting misses
  http::Headers headers;             // the constraints
};

// When a query is due, from the start of the run, and of which class it is.
struct Due {
  Duration at{};
  std::size_t class_index = 0;
};

struct LoadPlan {
  http::Endpoint target;
  std::string path;                          // "/v2/models/garment-classification/infer"
  std::vector<LoadClass> classes;            // at least one
  std::vector<PictureRequest> requests;      // at least one; asked in turn
  std::function<std::optional<Due>()> next;  // ascending in time; nothing at the end
  http::Headers headers;                     // for every request, such as authorization
  std::size_t connections_max = 256;
  Duration timeout = std::chrono::seconds(30);  // without an answer for so long: failed
};

class OpenLoop {
 public:
  // `done` is called once, on the loop, when the schedule has ended and every query with it.
  OpenLoop(Loop& loop, LoadPlan plan, std::function<void()> done);
  ~OpenLoop();
  OpenLoop(const OpenLoop&) = delete;
  OpenLoop& operator=(const OpenLoop&) = delete;

  void start();  // the schedule's zero is now
  // Sends nothing more; what has no answer after `patience` counts as unanswered. May be repeated
  // with less patience.
  void stop(Duration patience);

  const Tally& tally() const;
  Tally& tally();
  Duration elapsed() const;  // since the start; stands still once done
  bool sending() const;      // the schedule has not ended

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon
