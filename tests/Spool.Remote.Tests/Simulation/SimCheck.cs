namespace Spool.Remote.Tests;

/// <summary>The plain meaning: acknowledged is stored once, in order, where it was said, and as safe as was said; refused and cancelled is
/// not stored; others are not touched; what others wrote is not written on; everything is answered.</summary>
static class SimCheck
{
    public static void All(IReadOnlyList<WriterCall> calls, SimClient client, SimStore store, SimServer server, int fullTimes)
    {
        var log = store.Log;
        var callsOf = calls
            .OfType<AppendCall>()
            .DistinctBy(call => call.Request.BatchId is { } batch ? batch : (object)call)
            .SelectMany(call => call.Request.Items.Select(SimItems.NumberOf))
            .CountBy(number => number)
            .ToDictionary();
        foreach (var (number, count) in log.Where(IsItem).CountBy(number => number))
            Assert.True(count == 1 || count <= callsOf[number], $"{number} is stored {count} times");
        // What may go wrong for reasons of its own.
        var isDoubtful =
            server.Doubts > 0
            || server.Takings > 0
            || store.Losses > 0
            || client.Results.Values.Any(result => result.Error is ThreadStoreException { Code: ThreadStoreErrorCode.OutcomeUnknown });
        var wasDiscarded = calls[^1] is ControlCall { Kind: ControlKind.Discard };
        // without room for what waits, it goes on waiting
        var wasLeft = !client.Results.TryGetValue(calls[^1], out var ending) || ending.Error is not null;
        var mayBeLost =
            server.Doubts > 0 || server.Takings > 0 || store.Losses > 0 || server.LongestHolding >= new WriterLimits().ConflictGrace;
        var hasUpdates = calls.Any(call => call is ControlCall { Kind: ControlKind.Update });
        var lastPromise = calls
            .Select(
                (call, i) =>
                    IsPromise(call) && client.Results.TryGetValue(call, out var result) && result is { Error: null, IsCancelled: false }
                        ? i
                        : -1
            )
            .Max();
        var before = 1; // the ordinal behind everything that calls so far have stored
        var mayBeThere = new HashSet<int>();
        long end = 1;
        for (var i = 0; i < calls.Count; i++)
        {
            var call = calls[i];
            Assert.True(client.Results.TryGetValue(call, out var result), "a call was never answered");
            if (result.Error is ThreadStoreException { Code: ThreadStoreErrorCode.OutcomeUnknown })
                Assert.True(
                    server.Doubts > 0
                        || server.LongestOutage > TimeSpan.FromSeconds(50)
                        || call.IsInDoubt
                            && (
                                wasDiscarded
                                || client.IsLost
                                || server.LongestRefusal > TimeSpan.FromSeconds(5)
                                || call is ControlCall { Kind: ControlKind.ShutDown } && mayBeLost
                            ),
                    "the outcome is said to be unknown, and everything could be asked"
                );
            // Whatever a call itself expected, nobody but the writer gives ordinals, or it has lost the right to.
            if (
                result.Error is not null
                && Code(result.Error) is ThreadStoreErrorCode.WrongOrdinal or ThreadStoreErrorCode.WriterLost
                && !client.IsLost
            )
                Assert.True(
                    Code(result.Error) == ThreadStoreErrorCode.WrongOrdinal
                        && call is AppendCall { Request.ExpectedOrdinal: { } named }
                        && (named != before || hasUpdates),
                    "a call that expects nothing else than the next ordinal was refused for its ordinal, and the right to write is not lost"
                );
            if (call is not AppendCall append)
                continue;
            var numbers = append.Request.Items.Select(SimItems.NumberOf).ToList();
            if (result.IsCancelled)
                Assert.False(call.WasSent, "what was sent was called cancelled");
            else if (result.Error is null)
            {
                mayBeThere.UnionWith(numbers);
                Acknowledged(append, result.Receipt, numbers, isSafe: i <= lastPromise);
            }
            else if (Code(result.Error) == ThreadStoreErrorCode.OutcomeUnknown)
                mayBeThere.UnionWith(numbers);
            if (result.Error is not null && !isDoubtful && !client.IsLost)
                MayBeRefused(append, numbers, Code(result.Error));
            if (result.Error is null && !result.IsCancelled)
                before = Math.Max(before, (int)result.Receipt.NextOrdinal);
        }
        foreach (var number in log)
            Assert.True(!IsItem(number) || mayBeThere.Contains(number), $"{number} is stored and was refused or cancelled");
        if (client.IsLost)
            Assert.True(mayBeLost, "the right to write was lost without a cause");
        // How many lines an update adds only the server knows: when its answer is lost, so is the knowledge of what others wrote meanwhile.
        if (!client.HadLostUpdate)
            Assert.DoesNotContain(log.SkipWhile(number => number != SimServer.Foreign), number => number != SimServer.Foreign);
        if (server.WasShutDown && calls[^1] is ControlCall { Kind: ControlKind.ShutDown } last && client.Results[last].Error is { } error)
            Assert.True(Code(error) == ThreadStoreErrorCode.OutcomeUnknown, "a writer was shut down and is told that it was not");
        if (server.WasShutDown && server.Doubts == 0 && store.Losses == 0)
            Assert.False(client.IsLost, "a writer that was shut down is said to be lost");

        void Acknowledged(AppendCall append, AppendReceipt receipt, List<int> numbers, bool isSafe)
        {
            Assert.Equal(append.Count, receipt.Count);
            if (append.Request.ExpectedOrdinal is { } expected && (append.Request.BatchId is null || receipt.FirstOrdinal == expected))
                Assert.Equal(expected, receipt.FirstOrdinal);
            if (append.Count > 0 && append.Request.ExpectedOrdinal is null && append.Request.BatchId is null)
            {
                Assert.True(receipt.FirstOrdinal >= end, "an append came before an earlier one");
                end = receipt.NextOrdinal;
            }
            // What is only buffered may be lost with the server, and what was discarded is.
            if (!isSafe && (store.Losses > 0 || !receipt.IsStored && (wasDiscarded || wasLeft || client.IsLost || isDoubtful)))
                return;
            for (var i = 0; i < numbers.Count; i++)
            {
                var at = (int)receipt.FirstOrdinal - 1 + i;
                Assert.True(at < log.Count && log[at] == numbers[i], $"{numbers[i]} was acknowledged at {at + 1} and is not there");
                Assert.True(!isSafe || at < store.Flushed, $"{numbers[i]} was acknowledged as safe, and a crash can still take it");
            }
        }

        void MayBeRefused(AppendCall append, List<int> numbers, ThreadStoreErrorCode code)
        {
            switch (code)
            {
                case ThreadStoreErrorCode.InvalidRequest:
                    Assert.True(wasDiscarded || numbers.Any(number => number < 0), "an append was refused as invalid that is not");
                    break;
                case ThreadStoreErrorCode.Unauthenticated:
                    Assert.True(server.LongestRefusal > TimeSpan.Zero, "a token was refused that was valid");
                    break;
                case ThreadStoreErrorCode.ResourceExhausted:
                    Assert.True(fullTimes > 0, "an append was refused for a full disk that was not full");
                    break;
                case ThreadStoreErrorCode.Unavailable:
                    Assert.True(store.Hiccups > 0, "an append was refused by a store that could be used");
                    break;
                case ThreadStoreErrorCode.WrongOrdinal:
                    Assert.True(append.Request.ExpectedOrdinal is not null, "an append that expects nothing was refused for its ordinal");
                    Assert.True(
                        hasUpdates || append.Request.ExpectedOrdinal != before || append.Request.BatchId is not null,
                        "an append was refused that expected the right ordinal"
                    );
                    break;
            }
        }
    }

    // What says that everything called before is safe.
    static bool IsPromise(WriterCall call) =>
        call is AppendCall { Request.Durability: not Durability.Buffered } or ControlCall { Kind: ControlKind.ShutDown };

    static bool IsItem(int number) => number is not SimWriter.Line and not SimServer.Foreign;

    static ThreadStoreErrorCode Code(Exception error) => Assert.IsType<ThreadStoreException>(error).Code;
}
