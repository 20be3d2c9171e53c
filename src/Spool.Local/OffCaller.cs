using System.Runtime.CompilerServices;

namespace Spool;

/// <summary>Leaves the caller's thread before work on the disk, which is synchronous, begins.</summary>
static class OffCaller
{
    /// <summary>Goes on on a thread of the pool, wherever it is awaited. Costs some microseconds.</summary>
    public static ConfiguredTaskAwaitable Hop() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}
