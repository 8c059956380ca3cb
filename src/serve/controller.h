// The live controller: carries out what the brain decides and tells it what came of it.
//
//   gateway ── submit(Ask) ──► brain.arrive ──► Route ──► a machine, a function, or waiting
//                              brain.finish ◄── answer, loss, throttling
//   timer ───► brain.tick ───► Orders ──► cloud.launch / terminate / invoke (warm-ups)
//   cloud ───► events ───────► brain.observe ──► Routes
//
// Promises:
// 0. A query that an ensemble answers becomes a query to each member (serve/together.h).
// 1. Every Asker given to submit() gets exactly one verdict, on the loop's thread, unless it has
//    been abandoned by its client.
// 2. The answer of an attempt that was given up (its machine was declared lost) is ignored.
// 3. The fleet follows the cloud's list: a machine the cloud does not know has failed; one that
//    the brain does not know is terminated, and is on the meter until it is gone.
// 4. It never blocks, and calls the brain only from the loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "brain/journal.h"
#include "cloud/cloud.h"
#include "serve/decisions.h"
#include "serve/machines.h"
#include "serve/statistics.h"
#include "wire/http_client.h"
#include "wire/loop.h"

namespace paragon {

struct ControllerSettings {
  Duration query_timeout = std::chrono::seconds(60);  // of one attempt
  MachinesSettings machines;
  std::vector<Provisioned> provisioned;  // environments of functions that the cloud is to keep
};

// A query as the gateway hands it over: what it needs, and the bytes for the worker.
struct Ask {
  Query query;
  http::Headers headers;                    // of the body: content-type, lengths, top-k
  std::shared_ptr<const std::string> body;  // as the worker shall see it
  Time arrived{};
  std::string tenant;
  std::optional<double> percentile;
  std::size_t top_k = 5;  // classes that the answer shall have, of tasks that give classes
};

struct Answered {
  DecisionId decision;
  VariantId variant;
  Where where;                   // OnMachine or OnFunction
  MachineOfferId machine_offer;  // of OnMachine
  Reason why;
  QueryClass query_class;
  Duration predicted_latency{};
  Dollars predicted_cost;
  Duration service{};
  Dollars cost;
  bool cold = false;
  int attempts = 1;
  http::Answer answer;
};
// An ensemble answered: its votes are still to be counted (serve/ballots.h).
struct AnsweredTogether {
  DecisionId decision;  // of the split
  EnsembleId ensemble;
  QueryClass query_class;
  Duration predicted_latency{};
  Dollars predicted_cost;
  Accuracy accuracy;  // of the ensemble if all have voted, else of the best that has
  Dollars cost;       // what those cost that answered
  std::vector<std::optional<Answered>> votes;  // by member; nothing: too late, or it failed
};
// The worker refused it for good.
struct Rejected {
  http::Answer answer;
};
// The brain refused it, or its attempts were used up.
struct Refused {
  DecisionId decision;
  Reason why;
  Duration retry_after{};
  std::string last_error;  // of the last attempt, if there was one
};
using Verdict = std::variant<Answered, AnsweredTogether, Rejected, Refused>;

class Asker {
 public:
  virtual ~Asker() = default;
  virtual void verdict(Verdict&& verdict) = 0;
  virtual bool abandoned() const = 0;
};

class Controller {
 public:
  // The cloud must report its events to on_cloud_event(). `sink` takes the journal's lines.
  Controller(Loop& loop, const Catalog& catalog, const BrainSettings& brain,
             ControllerSettings settings, JournalSink sink, const MakeScheme& scheme = make_scheme);
  ~Controller();

  // Takes up the machines that `cloud` holds already, asks for the environments that are to be
  // kept, then begins ticking. `cloud` must outlive the controller.
  void start(Cloud& cloud);
  void on_cloud_event(const CloudEvent& event);

  void submit(Ask ask, std::unique_ptr<Asker> asker);
  std::size_t in_flight() const;

  // Ends buying, terminates all machines, keeps no environments any more, and calls `stopped` when
  // the cloud says that all that is gone, at the latest after `patience`.
  void stop(Duration patience, std::function<void()> stopped);

  // Sends a request to one ready machine, or answers `unavailable` where there is none.
  void ask_any_machine(http::Client::Call call, http::Client::Done done);
  // Sends it to every ready machine; `done` is told how many answered with 2xx, of how many.
  void ask_every_machine(const http::Client::Call& call,
                         std::function<void(int good, int asked)> done);

  bool ready() const;  // a query sent now could be answered: a machine is up, or functions may be
  const Brain& brain() const;
  const Catalog& catalog() const;
  const Decisions& decisions() const;
  const Statistics& statistics() const;
  Statistics& statistics();  // for the gateway's own counts
  Time now() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace paragon
