// The subcommands of `paragon`: each declares its flags and, when chosen, says what to run.
//
// One small file a subcommand; main.cpp lists them all.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace paragon {

// When the command was chosen, `action` is what runs it and returns the exit status.
void add_catalog(CLI::App& app, std::function<int()>& action);
void add_cloud(CLI::App& app, std::function<int()>& action);
void add_compare(CLI::App& app, std::function<int()>& action);
void add_demo(CLI::App& app, std::function<int()>& action);
void add_explain(CLI::App& app, std::function<int()>& action);
void add_figures(CLI::App& app, std::function<int()>& action);
void add_load(CLI::App& app, std::function<int()>& action);
void add_plan(CLI::App& app, std::function<int()>& action);
void add_profile(CLI::App& app, std::function<int()>& action);
void add_profile_one(CLI::App& app, std::function<int()>& action);
void add_replay(CLI::App& app, std::function<int()>& action);
void add_schemes(CLI::App& app, std::function<int()>& action);
void add_serve(CLI::App& app, std::function<int()>& action);
void add_simulate(CLI::App& app, std::function<int()>& action);
void add_validate(CLI::App& app, std::function<int()>& action);
void add_worker(CLI::App& app, std::function<int()>& action);

}  // namespace paragon
