using Spool.TestKit;

namespace Spool.Remote.Tests;

/// <summary>Calls that nobody waits for any more.</summary>
public sealed class GivenUpTests
{
    [Fact, Guarantee("REMO-38")]
    public void A_call_that_is_given_up_and_fails_later_leaves_no_error_that_nobody_observed()
    {
        var marks = new[] { Guid.NewGuid().ToString(), Guid.NewGuid().ToString() };
        var unobserved = new List<string>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            lock (unobserved)
                unobserved.Add(e.Exception.InnerExceptions[0].Message);
        }
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            Fail(new PendingControl(ControlKind.Discard, null, TimeSpan.Zero, CancellationToken.None), marks[0]);
            Fail(new PendingAppend(new AppendRequest([]), TimeSpan.Zero, CancellationToken.None), marks[1]);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }
        lock (unobserved)
            Assert.Empty(marks.Intersect(unobserved));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static void Fail<TCall>(TCall call, string mark)
        where TCall : WriterCall, IPendingCall =>
        call.End(new WriterResult(call) { Error = new ThreadStoreException(ThreadStoreErrorCode.Unavailable, mark) });
}
