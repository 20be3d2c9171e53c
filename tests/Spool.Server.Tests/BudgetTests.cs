namespace Spool.Server.Tests;

/// <summary>What there is of something is shared out, and nobody takes it all from others.</summary>
public sealed class BudgetTests
{
    readonly ManualTime _time = new();

    [Fact]
    public void What_is_taken_is_free_again_when_it_is_given_back()
    {
        var budget = new Budget(10, 10, _time);

        Assert.True(budget.TryTake("ann", 6));
        Assert.False(budget.TryTake("bob", 5));
        Assert.True(budget.TryTake("bob", 4));
        budget.Give("ann", 6);

        Assert.True(budget.TryTake("bob", 6));
        Assert.Equal(10, budget.Taken);
    }

    [Fact]
    public void A_caller_takes_no_more_than_one_caller_may()
    {
        var budget = Budget.Shared(80, hasOthers: true, _time);

        Assert.False(budget.TryTake("ann", 71));
        Assert.True(budget.TryTake("ann", 70));
        Assert.False(budget.TryTake("ann", 1));
        Assert.True(budget.TryTake("bob", 10));
        Assert.True(Budget.Shared(80, hasOthers: false, _time).TryTake("ann", 80));
    }

    [Fact]
    public async Task Whoever_waits_gets_what_is_given_back_and_is_in_nobodys_way()
    {
        var budget = new Budget(10, 10, _time);
        Assert.True(budget.TryTake("ann", 8));

        var much = budget.TakeAsync("bob", 9, Given.Cancellation).AsTask();
        var little = budget.TakeAsync("cid", 2, Given.Cancellation).AsTask();

        Assert.True(await little);
        Assert.False(much.IsCompleted);
        budget.Give("ann", 8);
        Assert.False(much.IsCompleted);
        budget.Give("cid", 2);
        Assert.True(await much);
        Assert.Equal(9, budget.Taken);
    }

    [Fact]
    public async Task Whoever_waits_too_long_or_no_longer_gets_nothing()
    {
        var budget = new Budget(10, 10, _time);
        Assert.True(budget.TryTake("ann", 8));
        using var leaving = new CancellationTokenSource();

        var late = budget.TakeAsync("bob", 9, Given.Cancellation).AsTask();
        var gone = budget.TakeAsync("bob", 9, leaving.Token).AsTask();
        await leaving.CancelAsync();
        _time.Advance(Budget.Patience);

        Assert.False(await late);
        await ((Task)gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        Assert.True(gone.IsCanceled);
        Assert.False(await budget.TakeAsync("bob", 11, Given.Cancellation)); // there is never so much
        budget.Give("ann", 8);
        Assert.Equal(0, budget.Taken);
    }
}
