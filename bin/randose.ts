#!/usr/bin/env node
import { keepCompiledCode } from '../src/system/compiled-code.ts';
import { hideExperimentalWarnings } from '../src/system/node-warnings.ts';

keepCompiledCode();
hideExperimentalWarnings();
void import('../src/cli/main.ts').then(({ main }) => main());
