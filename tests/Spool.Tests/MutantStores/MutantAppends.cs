namespace Spool.Tests;

sealed class LosesTheLastItem(IThreadStore inner) : BreaksAppends(inner)
{
    protected override async ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    )
    {
        var kept = request.Items.Count > 1 ? request with { Items = [.. request.Items.SkipLast(1)] } : request;
        return await writer.AppendAsync(kept, cancellationToken) with { Count = request.Items.Count };
    }
}

sealed class DoublesOnRetry(IThreadStore inner) : BreaksAppends(inner)
{
    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) => writer.AppendAsync(request with { ExpectedOrdinal = null, BatchId = null }, cancellationToken);
}

/// <summary>Looks only at the ordinal of a repeated append and never at its items.</summary>
sealed class TakesAnyItemsAsTheSame(IThreadStore inner) : BreaksAppends(inner)
{
    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) =>
        request.ExpectedOrdinal is { } expected && expected < writer.NextOrdinal
            ? new(new AppendReceipt(expected, request.Items.Count))
            : writer.AppendAsync(request, cancellationToken);
}

sealed class ReordersItems(IThreadStore inner) : BreaksAppends(inner)
{
    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) => writer.AppendAsync(request with { Items = [.. request.Items.Reverse()] }, cancellationToken);
}

/// <summary>Stores the items of an append one by one, and others between them.</summary>
sealed class TearsBatchesApart(IThreadStore inner) : BreaksAppends(inner)
{
    protected override async ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.Items.Count < 2)
            return await writer.AppendAsync(request, cancellationToken);
        AppendReceipt? first = null;
        foreach (var item in request.Items)
        {
            var receipt = await writer.AppendAsync(
                request with
                {
                    Items = [item],
                    ExpectedOrdinal = null,
                    BatchId = null,
                },
                cancellationToken
            );
            first ??= receipt;
            await Task.Yield();
        }
        return first!.Value with { Count = request.Items.Count };
    }
}

sealed class GivesWrongOrdinals(IThreadStore inner) : BreaksAppends(inner)
{
    protected override async ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    )
    {
        var receipt = await writer.AppendAsync(request, cancellationToken);
        return receipt with { FirstOrdinal = receipt.FirstOrdinal + 1 };
    }
}

/// <summary>Stores the good items before a bad one.</summary>
sealed class StoresWhatItCan(IThreadStore inner) : BreaksAppends(inner)
{
    protected override async ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    )
    {
        AppendReceipt receipt = default;
        foreach (var item in request.Items)
            receipt = await writer.AppendAsync(request with { Items = [item] }, cancellationToken);
        return receipt;
    }
}

sealed class TakesAnyNumberAsADurability(IThreadStore inner) : BreaksAppends(inner)
{
    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) =>
        writer.AppendAsync(
            Enum.IsDefined(request.Durability) ? request : request with { Durability = Durability.Fsynced },
            cancellationToken
        );
}

sealed class StampsItemsItself(IThreadStore inner) : BreaksAppends(inner)
{
    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) => writer.AppendAsync(request with { Items = [.. request.Items.Select(item => item with { Timestamp = null })] }, cancellationToken);
}

/// <summary>Stamps what waits when it is stored.</summary>
sealed class KeepsNoTimeOfWhatWaits(IThreadStore inner) : BreaksAppends(inner)
{
    readonly List<NewItem> _waiting = [];

    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    )
    {
        NewItem[] all = [.. _waiting, .. request.Items];
        _waiting.Clear();
        if (request.Durability != Durability.Buffered)
            return writer.AppendAsync(request with { Items = all }, cancellationToken);
        _waiting.AddRange(all);
        return new(new AppendReceipt(writer.NextOrdinal, all.Length) { IsStored = writer.IsStored });
    }
}

sealed class DropsMetadata(IThreadStore inner) : BreaksAppends(inner)
{
    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) =>
        writer.AppendAsync(request with { Items = [.. request.Items.Select(item => item with { Metadata = default })] }, cancellationToken);
}

sealed class WritesPayloadsItsOwnWay(IThreadStore inner) : BreaksAppends(inner)
{
    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) => writer.AppendAsync(request with { Items = [.. request.Items.Select(Rewrite)] }, cancellationToken);

    static NewItem Rewrite(NewItem item)
    {
        try
        {
            return item with
            {
                Payload = System.Text.Encoding.UTF8.GetBytes(System.Text.Json.Nodes.JsonNode.Parse(item.Payload.Span)!.ToJsonString()),
            };
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or ArgumentException)
        {
            return item;
        }
    }
}

/// <summary>Remembers only the last eight batches.</summary>
sealed class ForgetsBatches(IThreadStore inner) : BreaksAppends(inner)
{
    readonly Queue<Guid> _batches = new();

    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    )
    {
        var isKnown = request.BatchId is { } batch && _batches.Contains(batch);
        if (request.BatchId is { } id && !isKnown)
            _batches.Enqueue(id);
        while (_batches.Count > 8)
            _batches.Dequeue();
        return writer.AppendAsync(isKnown ? request : request with { BatchId = null }, cancellationToken);
    }
}

sealed class IgnoresDurability(IThreadStore inner) : BreaksAppends(inner)
{
    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) => writer.AppendAsync(request with { Durability = Durability.Buffered }, cancellationToken);
}

sealed class SaysThatEverythingIsStored(IThreadStore inner) : BreaksAppends(inner)
{
    protected override async ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) => await writer.AppendAsync(request, cancellationToken) with { IsStored = true };
}

/// <summary>Remembers a batch only when all of it is new.</summary>
sealed class ForgetsBatchesThatWereThere(IThreadStore inner) : BreaksAppends(inner)
{
    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) => writer.AppendAsync(request.ExpectedOrdinal < writer.NextOrdinal ? request with { BatchId = null } : request, cancellationToken);
}

sealed class ForgetsBatchesOfNothing(IThreadStore inner) : BreaksAppends(inner)
{
    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) => writer.AppendAsync(request.Items.Count == 0 ? request with { BatchId = null } : request, cancellationToken);
}

/// <summary>Compares a repeated append with the whole history, the first item and what was inherited included.</summary>
sealed class TakesItemsOfOthersForAppended(IThreadStore inner) : BreaksAppends(inner)
{
    protected override async ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    )
    {
        if (request.ExpectedOrdinal is { } expected && writer.IsStored)
        {
            var there = new List<NewItem>();
            await foreach (var item in Inner.ReadHistoryAsync(new ReadHistoryRequest(writer.ThreadId), cancellationToken))
            {
                if (item.Ordinal >= expected && item.Ordinal < expected + request.Items.Count)
                    there.Add(NewItem.From(item)!);
            }
            if (
                there.Count == request.Items.Count
                && there.Zip(request.Items).All(pair => pair.First.Payload.Span.SequenceEqual(pair.Second.Payload.Span))
            )
                return new AppendReceipt(expected, request.Items.Count);
        }
        return await writer.AppendAsync(request, cancellationToken);
    }
}

sealed class LooksAtItemsBeforeItself(IThreadStore inner) : BreaksAppends(inner)
{
    protected override ValueTask<AppendReceipt> AppendAsync(
        IThreadWriter writer,
        AppendRequest request,
        CancellationToken cancellationToken
    ) =>
        request.Items.Any(item => item.Payload.Length > 500_000)
            ? throw new ThreadStoreException(ThreadStoreErrorCode.TooLarge, "An item is too large.")
            : writer.AppendAsync(request, cancellationToken);
}
