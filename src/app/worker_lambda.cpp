#include "app/worker_lambda.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "worker/lambda/events.h"
#include "worker/lambda/runtime.h"

namespace paragon {

Status run_lambda_worker(const WorkerFlags& flags) {
  const auto api = LambdaRuntime::endpoint(std::getenv("AWS_LAMBDA_RUNTIME_API"));
  if (!api) return api.error();

  Loop loop;
  Status outcome;
  std::unique_ptr<WorkerServer> worker;
  LambdaEvents events(loop, [&](http::Request&& request, http::Reply reply) {
    worker->handle(std::move(request), std::move(reply));
  });
  LambdaRuntime runtime(
      loop, *api,
      [&](const std::string& event, LambdaRuntime::Answer done) {
        events.answer(event, std::move(done));
      },
      [&](Status status) {
        outcome = std::move(status);
        loop.stop();
      });

  const auto prepared = prepare_worker(flags);
  if (prepared) {
    auto started =
        WorkerServer::start(loop, prepared->catalog, prepared->settings, [&](const Status& status) {
          if (!status) return runtime.fail(status.error());
          const Duration took = process_age();
          if (flags.talkative()) {
            fmt::print(stderr, "paragon worker: {} ready for events after {:.0f} ms\n",
                       flags.preload, milliseconds(took));
          }
          events.initialised(took);
          runtime.start();
        });
    if (started) {
      worker = *std::move(started);
    } else {
      runtime.fail(started.error());
    }
  } else {
    runtime.fail(prepared.error());
  }

  bool stopping = false;
  loop.on_signal([&](int) {
    if (std::exchange(stopping, true)) return loop.stop();
    runtime.stop();
  });
  loop.run();
  worker.reset();  // before the loop it lives on
  return outcome;
}

}  // namespace paragon
