// A Codex takes a processor while it starts; more of them at a time only run into their time limits.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
