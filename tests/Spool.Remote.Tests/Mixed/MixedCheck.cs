namespace Spool.Remote.Tests;

/// <summary>The plain meaning of what was called, compared with the log.</summary>
static class MixedCheck
{
    /// <summary>Says whether the log of a thread is what its writers were told.</summary>
    /// <param name="home">The store that has the log.</param>
    /// <param name="writers">All that wrote the thread.</param>
    public static async Task LogAsync(IThreadStore home, IReadOnlyList<MixedWriter> writers)
    {
        var at = new Dictionary<string, List<long>>();
        if (await home.FindAsync(writers[0].ThreadId, TestContext.Current.CancellationToken) is not null)
        {
            await foreach (
                var item in home.ReadHistoryAsync(new ReadHistoryRequest(writers[0].ThreadId), TestContext.Current.CancellationToken)
            )
            {
                if (
                    item.Type != "event_msg"
                    || !System.Text.Json.JsonDocument.Parse(item.Payload).RootElement.TryGetProperty("message", out var message)
                )
                    continue;
                (at.TryGetValue(message.GetString()!, out var places) ? places : at[message.GetString()!] = []).Add(item.Ordinal);
            }
        }
        foreach (var writer in writers)
            Check(writer, at);
    }

    static void Check(MixedWriter writer, Dictionary<string, List<long>> at)
    {
        long end = 0;
        var mayBeThere = new HashSet<string>(
            writer
                .Calls.Where(call => call.Receipt is not null || call.Error is { Code: ThreadStoreErrorCode.OutcomeUnknown })
                .SelectMany(call => call.Texts)
        );
        var twice = writer
            .Calls.Where(call => call.Request.BatchId is null)
            .SelectMany(call => call.Texts)
            .CountBy(text => text)
            .Where(text => text.Value > 1)
            .Select(text => text.Key)
            .ToHashSet();
        foreach (var call in writer.Calls)
        {
            if (call.Receipt is { } receipt)
            {
                Assert.Equal(call.Texts.Length, receipt.Count);
                if (call.Request is { ExpectedOrdinal: { } expected, BatchId: null })
                    Assert.Equal(expected, receipt.FirstOrdinal);
                if (call.Request is { ExpectedOrdinal: null, BatchId: null } && call.Texts.Length > 0)
                {
                    Assert.True(receipt.FirstOrdinal >= end || !receipt.IsStored, "an append came before an earlier one");
                    end = receipt.IsStored ? receipt.NextOrdinal : end;
                }
                for (var i = 0; i < call.Texts.Length && (receipt.IsStored || !call.WasDiscarded && !call.WasLost); i++)
                    Assert.True(
                        at.TryGetValue(call.Texts[i], out var places) && places.Contains(receipt.FirstOrdinal + i),
                        $"{Short(call.Texts[i])} was acknowledged at {receipt.FirstOrdinal + i} and is not there, but at {string.Join(' ', places ?? [])}"
                    );
            }
            else if (call.Error is { } error)
            {
                var mayFail = error.Code switch
                {
                    ThreadStoreErrorCode.WrongOrdinal => call.Request.ExpectedOrdinal is not null,
                    ThreadStoreErrorCode.WriterLost => call.WasLost,
                    ThreadStoreErrorCode.OutcomeUnknown => call.WasLost || call.WasDiscarded,
                    ThreadStoreErrorCode.InvalidRequest => call.WasDiscarded,
                    _ => false,
                };
                Assert.True(mayFail, $"an append failed without a cause: {error}");
            }
            foreach (var text in call.Texts)
            {
                Assert.True(mayBeThere.Contains(text) || !at.ContainsKey(text), $"{Short(text)} was refused or cancelled, and is stored");
                // Sent again without a batch it may be stored once more, if its own ordinal was not what its caller took it to be.
                Assert.True(
                    !at.TryGetValue(text, out var places) || places.Count == 1 || twice.Contains(text),
                    $"{Short(text)} is stored {places?.Count} times"
                );
            }
        }
    }

    static string Short(string text) => text[..Math.Min(text.Length, 20)];
}
