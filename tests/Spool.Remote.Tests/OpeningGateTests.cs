namespace Spool.Remote.Tests;

/// <summary>Writers that are opened again go a few at a time.</summary>
public sealed class OpeningGateTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Trait("Guarantee", "REMO-57")]
    public async Task Writers_are_opened_again_a_few_at_a_time_and_in_the_order_in_which_they_asked()
    {
        var gate = new OpeningGate(TimeSpan.FromMinutes(1), TimeProvider.System);
        for (var i = 0; i < OpeningGate.Width; i++)
            Assert.True(await gate.EnterAsync(Cancellation));
        using var cancelling = new CancellationTokenSource();
        var left = gate.EnterAsync(cancelling.Token).AsTask();
        var waiting = Enumerable.Range(0, 20).Select(_ => gate.EnterAsync(Cancellation).AsTask()).ToList();
        await cancelling.CancelAsync();
        await Task.WhenAny(left);
        Assert.True(left.IsCanceled);

        foreach (var next in waiting)
        {
            Assert.False(next.IsCompleted);
            gate.Leave(isDone: true);
            Assert.True(await next);
        }
    }

    [Fact, Trait("Guarantee", "REMO-58")]
    public async Task Whoever_waits_while_nothing_is_opened_is_told_so_and_keeps_nobody_out()
    {
        var gate = new OpeningGate(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        for (var i = 0; i < OpeningGate.Width; i++)
            Assert.True(await gate.EnterAsync(Cancellation));

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => gate.EnterAsync(Cancellation).AsTask())), Assert.False);

        gate.Leave(isDone: false);
        Assert.True(await gate.EnterAsync(Cancellation));
    }
}
