namespace Spool.Benchmarks;

/// <summary>Sends many appends to one writer.</summary>
static class Appending
{
    /// <summary>Sends the same append again and again, with so many under way at a time, and waits for all of them.</summary>
    public static async Task AppendAsync(IThreadWriter writer, AppendRequest request, int count, int window)
    {
        if (window == 1)
        {
            for (; count > 0; count--)
                await writer.AppendAsync(request);
            return;
        }
        var waiting = new Queue<ValueTask<AppendReceipt>>(window);
        for (; count > 0; count--)
        {
            if (waiting.Count == window)
                await waiting.Dequeue();
#pragma warning disable CA2012 // each is awaited once, and a task for each would be measured as well
            waiting.Enqueue(writer.AppendAsync(request));
#pragma warning restore CA2012
        }
        while (waiting.TryDequeue(out var append))
            await append;
    }
}
