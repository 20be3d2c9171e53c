using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace Spool.Tests;

/// <summary>What delegates passes on everything: a member that is added to an interface is not forgotten.</summary>
public sealed class DelegatingTests
{
    public static TheoryData<string> StoreMembers => new(MembersOf(typeof(IThreadStore)).Select(method => method.Name));

    public static TheoryData<string> WriterMembers => new(MembersOf(typeof(IThreadWriter)).Select(method => method.Name));

    [Theory, MemberData(nameof(StoreMembers))]
    public void Every_member_of_a_store_is_passed_on_with_its_arguments_and_its_answer(string member)
    {
        var inner = Recorder.Of<IThreadStore>();

        IsPassedOn(new DelegatingThreadStore(inner), inner, MembersOf(typeof(IThreadStore)).Single(method => method.Name == member));
    }

    [Theory, MemberData(nameof(WriterMembers))]
    public void Every_member_of_a_writer_is_passed_on_with_its_arguments_and_its_answer(string member)
    {
        var inner = Recorder.Of<IThreadWriter>();

        IsPassedOn(new DelegatingThreadWriter(inner), inner, MembersOf(typeof(IThreadWriter)).Single(method => method.Name == member));
    }

    [Theory]
    [InlineData(typeof(DelegatingThreadStore), typeof(IThreadStore))]
    [InlineData(typeof(DelegatingThreadWriter), typeof(IThreadWriter))]
    public void Everything_that_is_passed_on_can_be_changed(Type delegating, Type contract)
    {
        foreach (var member in MembersOf(contract))
        {
            var method = delegating.GetMethods().Single(method => method.Name == member.Name && method.DeclaringType == delegating);
            Assert.True(method is { IsVirtual: true, IsFinal: false }, member.Name);
        }
    }

    [Fact]
    public void What_a_decorator_is_itself_comes_before_what_the_store_inside_has()
    {
        var memory = new InMemoryThreadStore();
        var outer = new DelegatingThreadStore(new DelegatingThreadStore(memory));

        Assert.Same(outer, outer.GetService<DelegatingThreadStore>());
        Assert.Same(outer, outer.GetService<IThreadStore>());
        Assert.Same(memory, outer.GetService<InMemoryThreadStore>());
        Assert.Same(memory, outer.GetService<IStoredBytes>());
        Assert.Null(outer.GetService<IRolloutPaths>());
    }

    [Fact]
    public void There_is_always_a_store_and_a_writer_inside()
    {
        Assert.Throws<ArgumentNullException>(() => new DelegatingThreadStore(null!));
        Assert.Throws<ArgumentNullException>(() => new DelegatingThreadWriter(null!));
    }

    [Fact]
    public async Task Disposal_by_blocking_is_the_other_disposal_also_where_a_decorator_changed_that()
    {
        var inner = new InMemoryThreadStore();
        var outer = new NotingStore(inner);

        using (outer) { }

        Assert.True(outer.IsDisposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
            await inner.FindAsync(ThreadId.New(TimeProvider.System), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public void Disposal_by_blocking_does_not_wait_for_the_context_of_its_caller_and_gives_the_failure_itself()
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new StoppedContext());
        try
        {
            Assert.Throws<TimeoutException>(() => ((IDisposable)new FailingStore()).Dispose());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    sealed class NotingStore(IThreadStore inner) : DelegatingThreadStore(inner)
    {
        public bool IsDisposed { get; private set; }

        public override async ValueTask DisposeAsync()
        {
            await Task.Yield();
            IsDisposed = true;
            await base.DisposeAsync();
        }
    }

    sealed class FailingStore() : DelegatingThreadStore(new InMemoryThreadStore())
    {
        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Task.Yield();
            throw new TimeoutException();
        }
    }

    // What is posted to it never runs.
    sealed class StoppedContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) { }
    }

    // Disposal by blocking is one that is not passed on: it is made of the other one.
    static IEnumerable<MethodInfo> MembersOf(Type contract) =>
        contract.GetInterfaces().Append(contract).Where(type => type != typeof(IDisposable)).SelectMany(type => type.GetMethods());

    static void IsPassedOn(object outer, object inner, MethodInfo method)
    {
        object?[] arguments = [.. method.GetParameters().Select(parameter => Some(parameter.ParameterType))];

        var answer = method.Invoke(outer, arguments);

        var recorder = (Recorder)inner;
        Assert.Equal(method, recorder.Method);
        Assert.Equal(arguments, recorder.Arguments);
        Assert.Equal(recorder.Answer, answer);
    }

    // A value that no call has by itself.
    static object? Some(Type type)
    {
        if (type == typeof(CancellationToken))
            return new CancellationTokenSource().Token;
        if (type == typeof(ValueTask))
            return new ValueTask(new TaskCompletionSource().Task);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>))
            return typeof(DelegatingTests)
                .GetMethod(nameof(Waiting), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(type.GetGenericArguments())
                .Invoke(null, null);
        if (type.IsInterface)
            return Recorder.Of(type);
        return type switch
        {
            _ when type == typeof(string) => "something",
            _ when type == typeof(Type) => typeof(IFormatProvider),
            _ when type == typeof(ThreadId) => ThreadId.New(TimeProvider.System),
            _ when type == typeof(Durability) => Durability.Buffered,
            _ when type == typeof(long) => 7L,
            _ when type == typeof(bool) => true,
            _ => RuntimeHelpers.GetUninitializedObject(type),
        };
    }

    static ValueTask<T> Waiting<T>() => new(new TaskCompletionSource<T>().Task);

    public class Recorder : DispatchProxy
    {
        public MethodInfo? Method { get; private set; }

        public object?[]? Arguments { get; private set; }

        public object? Answer { get; private set; }

        public static T Of<T>() => (T)Of(typeof(T));

        public static object Of(Type contract) => Create(contract, typeof(Recorder));

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            (Method, Arguments, Answer) = (targetMethod, args, Some(targetMethod!.ReturnType));
            return Answer;
        }
    }
}
